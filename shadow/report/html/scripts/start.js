// What the page can do beyond being read. Without this script it is whole: every route, difference and example is in
// its HTML. All files of this folder are one module: they share its scope, in the order of assets.py.

document.documentElement.classList.add("scripted");
