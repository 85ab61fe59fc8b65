// What the page can do beyond being read. Without this script it is whole: every route, difference and example is in
// its HTML. All files of this folder are one module: they share its scope, in the order of assets.py.

document.documentElement.classList.add("scripted");

const byId = (id) => document.getElementById(id);
const routes = () => [...document.querySelectorAll("#list > .route")];
const differencesOf = (route, those = "") => [...route.querySelectorAll(`.difference${those}`)];
const anchorOf = (element) => element.querySelector(":scope > .inside")?.id ?? "";

/** Tells those who can't see it. */
function say(text) {
  byId("said").textContent = text;
}

/** Opens whatever folds the element away. */
function unfold(element) {
  for (let at = element; at; at = at.parentElement) if (at.localName === "details") at.open = true;
}

/** What is seen of it begins at the top of the window, below the toolbar; the keyboard goes on from there. */
function goTo(element) {
  unfold(element);
  element.querySelector(":scope > summary")?.focus({ preventScroll: true });
  element.scrollIntoView({ block: "start" });
}
