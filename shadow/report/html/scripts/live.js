// Keeps a page that `shadow serve` has served up to date: the server's stream of events tells that something has
// changed, the digests in its state tell what, and those parts are fetched and put in place of what was there. The
// reader stays where they are: what is open stays open, what they look at stays where it is on the screen, and nothing
// changes under a selection or a hand that moves.
//
// Parts are our own server's HTML, escaped there like the rest of the page; the policy lets nothing in it run.

const LIVE = {
  quiet: 300, // ms without a scroll, a key or a pointer, after which the page may change
  again: 3000, // ms until something that failed is tried once more
  lost: 10000, // ms without a stream, after which the server is said to have ended
  reload: 30000, // ms between two times that the whole page is loaded again
  fetches: 4, // parts that are fetched at once
};

class LivePage {
  #state; // what the page shows, in the words of the server's /state
  #digests = new Map(); // part → digest of what the page has of it
  #told = ""; // id of the newest state that the server has told of
  #stream = null;
  #timer = 0;
  #catchingUp = false;
  #acting = -Infinity; // when the reader last did something
  #pressing = false;

  constructor(element) {
    this.#state = JSON.parse(element.dataset.state);
    for (const [name, digest] of livePartsOf(this.#state)) this.#digests.set(name, digest);
    this.status = byId("live-status");
    this.trouble = byId("live-trouble");
  }

  start() {
    for (const name of ["scroll", "wheel", "touchmove", "keydown"]) {
      addEventListener(name, () => (this.#acting = performance.now()), { passive: true, capture: true });
    }
    // What a finger or a button presses must still be there when it is let go. (Over a scroll bar nothing tells that.)
    for (const name of ["pointerdown", "pointerup", "pointercancel", "pointermove"]) {
      addEventListener(name, (event) => (this.#pressing = event.buttons !== 0), { passive: true, capture: true });
    }
    // A page that nobody sees needs no news; and a browser has but six connections for all pages of one server.
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#disconnect() : this.#connect()));
    addEventListener("pagehide", () => this.#disconnect());
    addEventListener("pageshow", () => this.#connect());
    liveReturn();
    this.#connect();
  }

  #connect() {
    if (document.hidden || this.#stream) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    const stream = (this.#stream = new EventSource("events"));
    stream.addEventListener("open", () => {
      clearTimeout(this.#timer);
      this.#timer = 0;
      this.#say("live", "live");
    });
    stream.addEventListener("state", (event) => {
      this.#told = event.data;
      this.#catchUp();
    });
    stream.addEventListener("end", () => this.#sayEnded());
    stream.addEventListener("error", () => {
      if (this.status.dataset.state !== "ended") this.#say("waiting", "reconnecting…");
      this.#timer ||= setTimeout(() => this.#sayEnded(), LIVE.lost);
      if (stream.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      setTimeout(() => {
        if (this.#stream !== stream) return;
        this.#stream = null;
        this.#connect();
      }, LIVE.again);
    });
  }

  #disconnect() {
    this.#stream?.close();
    this.#stream = null;
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  #sayEnded() {
    this.#say("ended", `the server has ended: this is the state of ${this.#state.at}`);
  }

  #say(state, text) {
    this.status.dataset.state = state;
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  // Show the state that the server has told of, and whatever newer ones it tells of meanwhile.
  async #catchUp() {
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    try {
      while (this.#told !== this.#state.id) {
        const told = this.#told;
        await this.#show(await (await liveFetch("state")).json());
        if (this.#told === told) this.#told = this.#state.id;
      }
    } catch {
      // Where the server has gone, the stream tells, and when it is back.
      setTimeout(() => this.#catchUp(), LIVE.again);
    } finally {
      this.#catchingUp = false;
    }
  }

  async #show(state) {
    if (this.trouble.textContent.trim() !== state.trouble) this.trouble.textContent = state.trouble;
    this.trouble.hidden = !state.trouble;
    if (state.frame !== this.#state.frame) {
      await this.#untilQuiet([], true);
      await liveReload();
    }
    const changed = livePartsOf(state).filter(([name, digest]) => this.#digests.get(name) !== digest);
    const fresh = await this.#fetched(changed.map(([name]) => name));
    const order = state.routes.map(([name]) => name);
    await this.#untilQuiet([...fresh.keys()], !this.#isInOrder(order));
    this.#replace(fresh, order);
    document.title = state.title;
    this.#state = state;
    if (this.status.dataset.state === "live") this.#say("live", "live");
  }

  async #fetched(names) {
    const fresh = new Map();
    const waiting = [...names];
    const work = async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const response = await liveFetch(`parts/${encodeURIComponent(name)}`, [404]);
        if (!response.ok) continue; // gone meanwhile; the next state doesn't have it
        const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
        const digest = response.headers.get("ETag")?.split('"')[1];
        fresh.set(name, { element: parsed.body.firstElementChild, digest });
      }
    };
    await Promise.all(Array.from({ length: LIVE.fetches }, work));
    return fresh;
  }

  // Wait until the page can change without taking something away that the reader is about to use.
  async #untilQuiet(names, everything) {
    for (;;) {
      const selecting = liveSelects(everything ? null : names.map(livePart));
      if (!selecting && !this.#pressing && performance.now() - this.#acting > LIVE.quiet) return;
      if (selecting && this.status.dataset.state === "live") {
        this.#say("live", "live: what is new waits until you have finished selecting");
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  #isInOrder(names) {
    const shown = routes().map(anchorOf);
    return shown.length === names.length && shown.every((name, at) => name === names[at]);
  }

  #replace(fresh, order) {
    const places = livePlaces();
    const focus = livePath(document.activeElement);
    const details = [...fresh.keys()].flatMap((name) => liveDetails(livePart(name)));
    for (const [name, { element, digest }] of fresh) {
      this.#digests.set(name, digest); // not sooner: where another part can't be fetched, this one isn't shown either
      if (name !== "overview") element.classList.add("updated");
      livePart(name)?.replaceWith(element);
    }
    this.#arrange(fresh, order);
    liveUnfold(details);
    document.dispatchEvent(new CustomEvent("shadow:updated", { detail: [...fresh.keys()] }));
    liveUnfold(details); // what has only been made by that
    const focused = focus && liveFind(focus);
    if (focused && focused !== document.activeElement) focused.focus({ preventScroll: true });
    liveScrollBack(places);
  }

  // Routes that are new are put in, those that are gone are taken out, and all are brought into order.
  #arrange(fresh, order) {
    const shown = new Map(routes().map((route) => [anchorOf(route), route]));
    let next = routes()[0] ?? null;
    for (const [name, route] of shown) {
      if (order.includes(name)) continue;
      if (route === next) next = route.nextElementSibling;
      route.remove();
      this.#digests.delete(name);
    }
    for (const name of order) {
      const route = shown.get(name) ?? fresh.get(name)?.element;
      if (route && route === next) next = route.nextElementSibling;
      else if (route) byId("list").insertBefore(route, next);
    }
  }
}

function livePartsOf(state) {
  return [["overview", state.overview], ...state.routes];
}

async function liveFetch(path, expected = []) {
  const response = await fetch(path, { cache: "no-store", mode: "same-origin", redirect: "error" });
  if (!response.ok && !expected.includes(response.status)) throw new Error(`${path}: ${response.status}`);
  return response;
}

function livePart(name) {
  const element = byId(name);
  return name === "overview" ? element : (element?.closest("details.route") ?? null);
}

// Whether the reader has selected something in one of the parts (or anywhere, for null).
function liveSelects(parts) {
  const selection = getSelection();
  if (selection.isCollapsed) return false;
  return (parts ?? [document.querySelector("main")]).some((part) => part && selection.containsNode(part, true));
}

// -- Places: how to find an element again when its part has been replaced ---------------------------------------------

// From the nearest element with a name (its own id, or that of what is inside it) down, by kind and number.
function livePath(element) {
  const steps = [];
  for (let node = element; node && node !== document.body; node = node.parentElement) {
    const inside = node.matches("details") ? node.querySelector(":scope > .inside[id]") : null;
    const id = node.id || inside?.id;
    if (id) return { id, outside: !node.id, steps };
    const same = [...(node.parentElement?.children ?? [])].filter((other) => other.localName === node.localName);
    steps.unshift([node.localName, same.indexOf(node)]);
  }
  return null;
}

function liveFind(path) {
  let found = byId(path.id);
  if (path.outside) found = found?.closest("details") ?? null;
  for (const [kind, number] of path.steps) {
    if (!found) return null;
    found = [...found.children].filter((child) => child.localName === kind)[number] ?? null;
  }
  return found;
}

// What of a part is open and what is closed.
function liveDetails(part) {
  if (!part) return [];
  const details = [part, ...part.querySelectorAll("details")].filter((element) => element.localName === "details");
  return details.map((element) => ({
    path: livePath(element),
    open: element.open,
    aimed: element.classList.contains("aimed"),
  }));
}

function liveUnfold(details) {
  for (const { path, open, aimed } of details) {
    const element = path && liveFind(path);
    if (element?.localName !== "details") continue;
    if (element.open !== open) element.open = open;
    if (aimed) element.classList.add("aimed"); // what the address names
  }
}

// What the reader looks at, from the top of the window down: several things, for the first may be gone afterwards.
function livePlaces() {
  const places = [];
  if (scrollY <= 0) return places; // at the top, the top stays
  for (let y = 1; y < innerHeight && places.length < 8; y += 24) {
    const element = document.elementFromPoint(innerWidth / 2, y);
    if (!element?.closest("#overview, details.route") || places.some((place) => place.element === element)) continue;
    places.push({ element, path: livePath(element), top: element.getBoundingClientRect().top });
  }
  return places;
}

function liveScrollBack(places) {
  for (const { path, top } of places) {
    const found = path && liveFind(path);
    if (!found?.getClientRects().length) continue;
    scrollBy({ top: found.getBoundingClientRect().top - top, behavior: "instant" });
    return;
  }
}

// -- Loading the whole page again, where its frame has changed --------------------------------------------------------

async function liveReload() {
  // Not again and again, where a proxy in between answers with an old page, say.
  const wait = (liveRemembered("shadow-live")?.at ?? 0) + LIVE.reload - Date.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(wait, LIVE.reload)));
  const place = {
    at: Date.now(),
    details: routes().filter((route) => route.open).flatMap(liveDetails),
    places: livePlaces().map(({ path, top }) => ({ path, top })),
  };
  try {
    sessionStorage.setItem("shadow-live", JSON.stringify(place));
    history.scrollRestoration = "manual";
  } catch {
    // Without storage the page begins at its top.
  }
  location.reload();
  await new Promise(() => {}); // nothing more is done here
}

function liveReturn() {
  const place = liveRemembered("shadow-live");
  if (!place?.details) return;
  sessionStorage.setItem("shadow-live", JSON.stringify({ at: place.at }));
  liveUnfold(place.details);
  const goBack = () => {
    liveScrollBack(place.places);
    history.scrollRestoration = "auto";
  };
  // Only then has the browser itself gone where the address leads.
  if (document.readyState === "complete") goBack();
  else addEventListener("load", () => requestAnimationFrame(goBack), { once: true });
}

function liveRemembered(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

{
  const element = byId("live");
  if (element) new LivePage(element).start();
}
