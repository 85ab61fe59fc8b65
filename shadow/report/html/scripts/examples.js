// Several examples of a difference: one at a time, with buttons and the arrow keys. Without this script they stand one
// under the other, each a <details>.

const shownExamples = new Map(); // The difference's id → the example that was chosen, for when its HTML is replaced.

function stepThroughExamples() {
  for (const group of document.querySelectorAll(".examples")) {
    const examples = examplesOf(group);
    if (examples.length < 2) continue;
    if (!group.querySelector(":scope > .stepper")) group.prepend(newStepper());
    showExample(group, shownExamples.get(keyOfExamples(group)) ?? 0);
  }
}

function examplesOf(group) {
  return [...group.querySelectorAll(":scope > details.example")];
}

function keyOfExamples(group) {
  return group.closest(".inside[id]")?.id ?? "";
}

function newStepper() {
  const stepper = document.createElement("div");
  stepper.className = "stepper";
  stepper.setAttribute("role", "group");
  stepper.setAttribute("aria-label", "Examples");
  stepper.append(
    newStepButton("‹ Previous", "Previous example", -1),
    document.createElement("output"),
    newStepButton("Next ›", "Next example", 1),
  );
  return stepper;
}

function newStepButton(text, label, by) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = text;
  button.setAttribute("aria-label", label);
  button.dataset.step = String(by);
  return button;
}

function showExample(group, wanted) {
  const examples = examplesOf(group);
  const at = Math.min(Math.max(wanted, 0), examples.length - 1);
  examples.forEach((example, number) => {
    example.hidden = number !== at;
    if (number === at) example.open = true;
  });
  shownExamples.set(keyOfExamples(group), at);
  const stepper = group.querySelector(":scope > .stepper");
  const told = `Example ${at + 1} of ${examples.length}`;
  const output = stepper.querySelector("output");
  if (output.textContent !== told) output.textContent = told;
  // Not `disabled`, which would take the focus away from who is pressing it.
  for (const button of stepper.querySelectorAll("button")) {
    const next = at + Number(button.dataset.step);
    button.setAttribute("aria-disabled", String(next < 0 || next >= examples.length));
  }
}

function stepExample(group, by) {
  showExample(group, (shownExamples.get(keyOfExamples(group)) ?? 0) + by);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".stepper button[data-step]");
  if (button) stepExample(button.closest(".examples"), Number(button.dataset.step));
});

document.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const group = event.target.closest?.(".examples");
  if (!group || !group.querySelector(":scope > .stepper") || event.target.closest("input, select, textarea")) return;
  event.preventDefault();
  const inside = event.target.closest("details.example");
  stepExample(group, by);
  // What had the focus may be hidden by now.
  if (inside?.hidden) examplesOf(group).find((example) => !example.hidden)?.querySelector("summary")?.focus();
});

document.addEventListener("shadow:updated", stepThroughExamples);
document.addEventListener("shadow:placed", stepThroughExamples); // see later.js
stepThroughExamples();
