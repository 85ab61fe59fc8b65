// Buttons that copy the text of one element.

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text); // The clipboard is refused, or not there, as on a page served over plain HTTP.
  }
}

function copiedBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "label";
  const before = document.activeElement;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  before?.focus({ preventScroll: true });
  return done;
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("button.copy");
  const source = button && byId(button.dataset.copy);
  if (!source) return;
  const words = (button.dataset.words ??= button.textContent);
  const done = await copied(source.textContent);
  button.textContent = done ? "Copied" : "Select it to copy";
  say(done ? "Copied" : "It could not be copied: select the text instead");
  if (!done) getSelection().selectAllChildren(source);
  clearTimeout(Number(button.dataset.timer));
  button.dataset.timer = setTimeout(() => (button.textContent = words), 1500);
});
