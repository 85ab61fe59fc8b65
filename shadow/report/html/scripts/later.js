// Examples that aren't elements yet. On a large page most examples stand within <noscript class="later">, where a
// browser that runs scripts takes them for a text; they become elements when the difference around them is opened.
// After that `shadow:placed` is dispatched, so that whoever does something to examples does it to these, too.

function placeExamples(root) {
  // A live update is parsed without scripts, so there the elements exist already, within a <noscript> that hides them.
  const found = [...root.querySelectorAll("noscript.later")].filter((later) => !later.closest("details:not([open])"));
  for (const later of found) {
    const made = document.createElement("template");
    // The page's own HTML, in which the template engine has escaped every value from traffic.
    made.innerHTML = later.firstElementChild ? later.innerHTML : later.textContent;
    later.replaceWith(made.content);
  }
  if (found.length) document.dispatchEvent(new CustomEvent("shadow:placed"));
}

document.addEventListener("toggle", (event) => event.target.open && placeExamples(event.target), true);
document.addEventListener("shadow:updated", () => placeExamples(document));
placeExamples(document);
