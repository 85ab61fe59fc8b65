// The keyboard. Keys belong to the page only where the reader isn't typing, and with no other key held down.

const KEYS = {
  "/": () => byId("search")?.select(),
  "?": () => byId("keys").showModal(),
  j: () => stepRoute(1),
  k: () => stepRoute(-1),
  e: () => unfoldAll(),
  "]": () => stepDifference(1),
  "[": () => stepDifference(-1),
};

/** The element after (or before) the one in which the reader is; without one, the first. */
function stepFrom(elements, step) {
  const place = document.activeElement ?? document.body;
  const inside = elements.findLastIndex((element) => element.contains(place));
  if (inside >= 0) return elements[inside + step];
  const after = elements.findIndex((element) => place.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING);
  if (place === document.body || after < 0) return elements[step > 0 ? 0 : elements.length - 1];
  return elements[step > 0 ? after : after - 1];
}

function stepRoute(step) {
  const next = stepFrom(routes().filter((route) => !route.hidden), step);
  if (!next) return;
  next.querySelector("summary").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function stepDifference(step) {
  const shown = routes().filter((route) => !route.hidden).flatMap((route) => differencesOf(route));
  const next = stepFrom(shown.filter((difference) => !difference.hidden), step);
  if (!next) return;
  chosen.at = anchorOf(next);
  remember();
  goTo(next);
}

/** Opens every route that is shown; where all of them are open, closes all. */
function unfoldAll() {
  const shown = routes().filter((route) => !route.hidden);
  const open = !shown.every((route) => route.open);
  for (const route of open ? shown : routes()) route.open = open;
  sayWhatUnfoldAllDoes();
}

function sayWhatUnfoldAllDoes() {
  const shown = routes().filter((route) => !route.hidden);
  if (byId("unfold")) byId("unfold").textContent = shown.length && shown.every((route) => route.open) ? "Close all" : "Open all";
}

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (key === "Escape" && target.id === "search") {
    choose({ q: "" });
    target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) return;
  if (target.closest?.("input, select, textarea, [contenteditable]")) return;
  const act = Object.hasOwn(KEYS, key) && KEYS[key];
  if (!act) return;
  event.preventDefault();
  act();
});
byId("unfold")?.addEventListener("click", unfoldAll);
byId("help")?.addEventListener("click", KEYS["?"]);
