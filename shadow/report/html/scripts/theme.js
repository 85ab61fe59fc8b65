// Light or dark: as the system has it, unless the reader says otherwise.

const THEMES = { "": "◐ System", light: "☀ Light", dark: "☾ Dark" };

// Where a page may keep nothing, as in a sandbox, reading it is refused.
function keptTheme() {
  try {
    return localStorage.getItem("shadow-theme") ?? "";
  } catch {
    return "";
  }
}

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  const button = byId("theme");
  if (!button) return;
  button.value = theme;
  button.textContent = THEMES[theme];
  button.setAttribute("aria-label", `Colours: ${THEMES[theme].slice(2)}`);
}

setTheme(Object.hasOwn(THEMES, keptTheme()) ? keptTheme() : "");

byId("theme")?.addEventListener("click", ({ currentTarget }) => {
  const names = Object.keys(THEMES);
  const next = names[(names.indexOf(currentTarget.value) + 1) % names.length];
  setTheme(next);
  try {
    localStorage.setItem("shadow-theme", next);
  } catch {
    // It holds for this page alone.
  }
});
