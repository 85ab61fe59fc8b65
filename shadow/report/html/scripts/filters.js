// Which routes and differences are shown. All of it stands in the URL's fragment, so that a link shows the same.
//
//   #ANCHOR                                                        a route or a difference, also without this script
//   #q=total&verdict=not-ready,inconclusive&method=GET&class=…&at=ANCHOR

const VERDICTS = ["not-ready", "inconclusive", "ready"];
const NOTHING = { q: "", verdict: "", method: "", class: "", at: "" };
let chosen = { ...NOTHING };

function fromFragment(fragment) {
  if (!fragment.includes("=")) return { ...NOTHING, at: decoded(fragment) };
  const found = new URLSearchParams(fragment);
  const state = Object.fromEntries(Object.keys(NOTHING).map((name) => [name, found.get(name) ?? ""]));
  const verdicts = state.verdict.split(",");
  return { ...state, verdict: VERDICTS.filter((verdict) => verdicts.includes(verdict)).join(",") };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function toFragment(state) {
  const filled = Object.entries(state).filter(([, value]) => value);
  if (filled.every(([name]) => name === "at")) return state.at;
  return new URLSearchParams(filled).toString().replaceAll("%2C", ",");
}

/** Puts the state into the address; `step` makes it a place to come back to. */
function remember(step = false) {
  const fragment = toFragment(chosen);
  if (fragment === location.hash.slice(1)) return;
  const address = fragment ? `#${fragment}` : location.href.split("#")[0];
  try {
    history[step ? "pushState" : "replaceState"](null, "", address);
  } catch {
    location.hash = fragment; // Pages without an address of their own, and too many changes at once.
  }
}

// What can be found, in lower case, read from the page once and again after it has been updated.
let index = [];

function readPage() {
  index = routes().map((element) => ({
    element,
    anchor: anchorOf(element),
    verdict: element.dataset.verdict,
    method: element.dataset.method,
    text: textOf(element, ":scope > summary .name, :scope > summary .why, :scope > .inside > .reasons"),
    differences: differencesOf(element, ":not(.light)").map((difference) => ({
      element: difference,
      class: difference.dataset.class,
      // With its fingerprint, which is what terminals and logs name it by.
      text: `${textOf(difference, ":scope > summary")} ${anchorOf(difference).split("-").at(-1)}`,
    })),
    further: furtherGroups(element),
  }));
  for (const amount of document.querySelectorAll("[data-count]"))
    amount.textContent = index.filter((route) => route.verdict === amount.dataset.count).length.toLocaleString("en");
  offer(byId("method"), "Any method", new Set(index.map((route) => route.method)));
  const classes = index.flatMap((route) => [...route.differences, ...route.further].map((found) => found.class));
  offer(byId("class"), "Any class", new Set(classes));
}

function textOf(element, selector) {
  return [...element.querySelectorAll(selector)].map((part) => part.textContent).join(" ").toLowerCase();
}

function offer(select, any, values) {
  const names = [...values].sort();
  select.replaceChildren(new Option(any, ""), ...names.map((name) => new Option(name, name)));
  select.closest(".choice").hidden = names.length < 2;
}

/** Shows what fits. A word may stand in the route or in the difference; one whose route has all words shows them all. */
function apply() {
  const words = chosen.q.toLowerCase().split(/\s+/).filter(Boolean);
  const narrowed = words.length > 0 || chosen.class !== "";
  const total = { routes: 0, differences: 0 };
  const shown = { routes: 0, differences: 0 };
  for (const route of index) {
    const missing = words.filter((word) => !route.text.includes(word));
    const fits = (difference) =>
      (!chosen.class || difference.class === chosen.class) && missing.every((word) => difference.text.includes(word));
    const possible =
      (!chosen.verdict || chosen.verdict.split(",").includes(route.verdict)) &&
      (!chosen.method || chosen.method === route.method);
    let hits = 0;
    for (const difference of route.differences) {
      const hit = possible && fits(difference);
      difference.element.hidden = !hit;
      hits += hit;
    }
    const further = possible ? route.further.filter(fits) : [];
    showFurther(route.element, narrowed ? further : null);
    hits += further.length;
    const whole = possible && missing.length === 0 && !chosen.class;
    route.shown = whole || hits > 0;
    route.element.hidden = !route.shown;
    const all = route.differences.length + route.further.length;
    tellHits(route.element, narrowed && route.shown && hits < all ? `${hits} of ${all} differences fit` : "");
    total.routes += 1;
    total.differences += all;
    shown.routes += route.shown;
    shown.differences += hits;
  }
  for (const group of document.querySelectorAll("#list .group")) {
    const found = group.getElementsByClassName("difference");
    if (found.length) group.hidden = [...found].every((difference) => difference.hidden);
    const folded = group.querySelector(":scope > .folded");
    if (folded && narrowed && !group.hidden) folded.open = true;
  }
  byId("nothing").hidden = shown.routes > 0;
  byId("matches").textContent = `${part(shown.routes, total.routes, "route")}, ${part(shown.differences, total.differences, "difference")}`;
  sayWhatUnfoldAllDoes();
  byId("reset").hidden = toFragment({ ...chosen, at: "" }) === "";
}

function part(shown, total, noun) {
  const nouns = total === 1 ? noun : `${noun}s`;
  return shown === total ? `${total.toLocaleString("en")} ${nouns}` : `${shown.toLocaleString("en")} of ${total.toLocaleString("en")} ${nouns}`;
}

function tellHits(route, text) {
  let told = route.querySelector(":scope > summary .hits");
  if (!told && text) {
    told = Object.assign(document.createElement("span"), { className: "hits" });
    route.querySelector(":scope > summary .why").append(told);
  }
  if (told) told.textContent = text;
}

function showControls() {
  if (byId("search").value !== chosen.q) byId("search").value = chosen.q;
  for (const id of ["method", "class"]) {
    byId(id).value = chosen[id];
    if (byId(id).value !== chosen[id]) chosen[id] = byId(id).value = "";
  }
  const verdicts = chosen.verdict.split(",");
  for (const toggle of document.querySelectorAll("#filters .toggle"))
    toggle.setAttribute("aria-pressed", String(verdicts.includes(toggle.dataset.value)));
}

function choose(change, step = true) {
  chosen = { ...chosen, ...change };
  showControls();
  apply();
  remember(step);
}

/** What the address names is opened and shown, even where a filter would hide it. */
function reveal() {
  for (const place of document.querySelectorAll(".aimed")) place.classList.remove("aimed");
  const place = chosen.at && (byId(chosen.at) ?? furtherPlace(chosen.at));
  const target = place?.closest?.(".difference, .route");
  if (!target) return;
  target.hidden = false;
  target.closest(".group")?.removeAttribute("hidden");
  target.closest(".route").hidden = false;
  target.classList.add("aimed");
  goTo(target);
}

/** What is scrolled to must not lie behind the toolbar, which takes two lines in a narrow window; nor what sticks. */
function keepClearOfToolbar() {
  const bar = byId("filters");
  const covered = getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0;
  document.documentElement.style.scrollPaddingTop = `${covered + 8}px`;
  document.documentElement.style.setProperty("--covered", `${covered}px`);
}

function readAddress() {
  chosen = fromFragment(location.hash.slice(1));
  showControls();
  apply();
  reveal();
}

if (byId("filters")) {
  byId("filters").hidden = false;
  byId("search").addEventListener("input", ({ currentTarget }) => {
    choose({ q: currentTarget.value }, chosen.q === "");
  });
  byId("method").addEventListener("change", ({ currentTarget }) => choose({ method: currentTarget.value }));
  byId("class").addEventListener("change", ({ currentTarget }) => choose({ class: currentTarget.value }));
  for (const toggle of document.querySelectorAll("#filters .toggle"))
    toggle.addEventListener("click", () => {
      const pressed = new Set(chosen.verdict.split(","));
      if (!pressed.delete(toggle.dataset.value)) pressed.add(toggle.dataset.value);
      choose({ verdict: VERDICTS.filter((verdict) => pressed.has(verdict)).join(",") });
    });
  for (const id of ["reset", "everything"])
    byId(id).addEventListener("click", () => {
      choose(NOTHING);
      byId("search").focus();
    });
  // The tiles of the overview lead to their routes. (A live update puts others in their place.)
  document.addEventListener("click", (event) => {
    const tile = event.target.closest?.(".tile a");
    if (!tile) return;
    event.preventDefault();
    choose({ ...NOTHING, verdict: tile.dataset.value });
    byId("filters").scrollIntoView();
  });
  // Whatever the reader opens is what the address names, so that it can be passed on as it is.
  byId("list").addEventListener("click", ({ target }) => {
    const opened = target.closest("summary")?.parentElement;
    if (!opened?.matches(".route, .difference")) return;
    const outer = opened.parentElement.closest(".route");
    chosen.at = opened.open ? (outer ? anchorOf(outer) : "") : anchorOf(opened);
    remember();
  });
  new ResizeObserver(keepClearOfToolbar).observe(byId("filters"));
  keepClearOfToolbar(); // The observer's first call comes after the first place has been scrolled to.
  addEventListener("hashchange", readAddress);
  addEventListener("popstate", readAddress);
  document.addEventListener("shadow:updated", () => {
    readPage();
    showControls();
    apply();
  });
  readPage();
  readAddress();
  // Until then the browser itself follows the fragment, and takes the focus away from what is revealed.
  addEventListener("load", reveal, { once: true });
}
