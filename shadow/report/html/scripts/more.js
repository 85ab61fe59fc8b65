// Groups of differences that the page holds as data (see further.py) become rows when their list comes into sight.
// A row is a <details class="difference light" data-class data-status>, like those that the page holds as HTML; inside
// it is <div class="inside" id="ROUTEANCHOR-FINGERPRINT">. There are 50 of a route at first, and 50 more on demand.
//
// For other scripts, where `route` is a <details class="route">:
//   furtherGroups(route) → its groups, each {id, fingerprint, class, status, text, …}; `text` is in lower case, to be
//     searched. Empty until they have been read, which takes a moment after the page is there or has been updated; then
//     `shadow:updated` is dispatched.
//   showFurther(route, groups) lets only these of its groups have rows; all of them where `groups` is null.
//   furtherPlace(id) → the place inside the row with that id, which is drawn if need be; null where there is none.

const FURTHER_AT_ONCE = 50;
/** Anchor of a route → its list, which outlives the route's HTML so that an update changes nothing for the reader. */
const furtherLists = new Map();
const furtherInSight = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      const list = isIntersecting && furtherList(target);
      if (list && !list.drawn) drawFurther(list);
    }
  },
  { rootMargin: "500px" },
);

function furtherGroups(route) {
  return furtherList(route)?.groups ?? [];
}

function showFurther(route, groups) {
  const list = furtherList(route);
  if (!list) return;
  const shown = groups ?? list.groups;
  list.section.hidden = shown.length === 0;
  const same = shown.length === list.shown.length && shown.every((group, place) => group.id === list.shown[place].id);
  Object.assign(list, { shown, narrowed: groups !== null });
  if (same) return;
  Object.assign(list, { room: FURTHER_AT_ONCE, asked: null, drawn: false });
  clearFurther(list);
}

function furtherPlace(id) {
  for (const list of furtherLists.values()) {
    const group = list.section.isConnected && list.groups.find((one) => one.id === id);
    if (!group) continue;
    list.asked = group;
    list.section.hidden = false;
    drawFurther(list);
    return byId(id);
  }
  return null;
}

/** The list around or inside the element, as far as it has been read. */
function furtherList(element) {
  const list = furtherLists.get(anchorOf(element.closest(".route")));
  return list?.section.isConnected ? list : null;
}

let furtherRead = Promise.resolve();

/** Reads what hasn't been read, one list after another, so that the page stays quick meanwhile. */
function readFurther() {
  if (!("DecompressionStream" in window)) return; // The page goes on saying where the groups are.
  const sections = [...document.querySelectorAll(".further[data-groups]")];
  const unread = sections.filter((section) => furtherList(section)?.section !== section);
  if (unread.length === 0) return;
  // Until what has changed is read, an updated route shows what it had: so the reader's place is still there.
  for (const section of unread) {
    const list = furtherLists.get(anchorOf(section.closest(".route")));
    if (!list) continue;
    list.section = section;
    if (list.drawn) drawFurther(list);
    else clearFurther(list);
  }
  furtherRead = furtherRead.then(() => readFurtherOf(unread));
}

async function readFurtherOf(sections) {
  const first = furtherLists.size === 0;
  for (const section of sections) {
    const columns = await inflated(section.dataset.groups);
    if (!section.isConnected) continue; // An update came in between.
    const anchor = anchorOf(section.closest(".route"));
    const list = furtherLists.get(anchor) ?? { room: FURTHER_AT_ONCE, open: new Set(), drawn: false };
    const groups = furtherRecords(anchor, columns);
    const shown = list.narrowed ? new Set(list.shown.map((group) => group.id)) : null;
    Object.assign(list, { section, groups, shown: shown ? groups.filter((group) => shown.has(group.id)) : groups });
    list.asked &&= groups.find((group) => group.id === list.asked.id);
    furtherLists.set(anchor, list);
    if (list.drawn) drawFurther(list);
    else clearFurther(list);
  }
  document.dispatchEvent(new CustomEvent("shadow:updated"));
  if (first && !byId(chosen.at)) reveal(); // Until then the page didn't know what the address names.
}

async function inflated(base64) {
  const packed = new DecompressionStream("deflate");
  const writer = packed.writable.getWriter();
  // Data that is no good fails where it is read, below.
  writer.write(bytesOf(base64)).catch(() => {});
  writer.close().catch(() => {});
  return new Response(packed.readable).json();
}

function bytesOf(base64) {
  if ("fromBase64" in Uint8Array) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let place = 0; place < text.length; place += 1) bytes[place] = text.charCodeAt(place);
  return bytes;
}

/** Columns in the order of further.py. All at once and spelled out, because there may be 100,000 groups. */
function furtherRecords(anchor, columns) {
  const [prints, statuses, wheres, paths, kinds, classes, changes, summaries, distincts, shares, firsts, lasts] = columns;
  return prints.map((fingerprint, row) => ({
    id: `${anchor}-${fingerprint}`,
    fingerprint,
    status: statuses[row],
    where: wheres[row],
    path: paths[row],
    kind: kinds[row],
    class: classes[row],
    change: changes[row],
    summary: summaries[row],
    distinct: distincts[row],
    share: shares[row],
    first: firsts[row],
    last: lasts[row],
    text: `${wheres[row]} ${paths[row]} ${classes[row]} ${summaries[row]} ${fingerprint}`.toLowerCase(),
  }));
}

/** Takes the rows away; they are drawn again where they are in sight. */
function clearFurther({ section }) {
  for (const old of section.querySelectorAll(":scope > :is(.unlisted, .rows)")) old.remove();
  furtherInSight.unobserve(section);
  furtherInSight.observe(section);
}

function drawFurther(list) {
  const groups = list.shown.slice(0, list.room);
  // What a link asks for comes first where it would come much later, or not at all.
  if (list.asked && !groups.includes(list.asked)) groups.unshift(list.asked);
  const rows = furtherElement("div", { class: "rows" }, ...groups.map((group) => furtherRow(group, list)));
  const left = list.shown.length - list.room;
  if (left > 0) rows.append(furtherButton(list, left));
  for (const old of list.section.querySelectorAll(":scope > :is(.unlisted, .rows)")) old.remove();
  list.section.querySelector("h3").after(rows);
  list.drawn = true;
}

function furtherButton(list, left) {
  const more = Math.min(left, FURTHER_AT_ONCE);
  const words = more < left ? `Show ${more} more of ${left.toLocaleString("en")}` : `Show the last ${more}`;
  const button = furtherElement("button", { type: "button", class: "plain" }, words);
  button.addEventListener("click", () => {
    const before = list.section.getElementsByClassName("difference").length;
    list.room += FURTHER_AT_ONCE;
    drawFurther(list);
    list.section.getElementsByClassName("difference")[before]?.querySelector("summary").focus();
  });
  return button;
}

function furtherRow(group, list) {
  const made = furtherElement;
  const place = made("span", { class: "place" }, made("code", {}, group.path));
  if (group.where !== group.path) place.prepend(made("span", { class: "where" }, group.where), " ");
  const said = made("span", { class: "said" }, group.summary);
  if (group.change) said.prepend(made("strong", { class: "change" }, group.change), " ");
  const tag = made("span", { class: "tag" }, group.class);
  const counted = group.status !== "notice" || group.distinct > 0; // No distinct request is remembered for notices.
  const share = made("span", { class: "share" }, counted ? `${group.status} · ${group.share}` : group.status);
  const requests = `${group.distinct.toLocaleString("en")} distinct ${group.distinct === 1 ? "request" : "requests"}`;
  const inside = made(
    "div",
    { class: "inside", id: group.id },
    made(
      "p",
      { class: "small" },
      `${group.kind} · ${counted ? `in ${requests} (${group.share}) · ` : ""}first ${furtherTime(group.first)}, `,
      `last ${furtherTime(group.last)} · fingerprint `,
      made("code", {}, group.fingerprint),
    ),
    made("p", { class: "small" }, ...furtherExamples(group, list.section.dataset.page)),
  );
  const row = made(
    "details",
    { class: "difference light", "data-class": group.class, "data-status": group.status },
    made("summary", {}, tag, place, said, share),
    inside,
  );
  row.open = list.open.has(group.id);
  row.addEventListener("toggle", () => list.open[row.open ? "add" : "delete"](group.id));
  return row;
}

/** Where its examples are: on the route's own page, if it has one. */
function furtherExamples({ id }, page) {
  if (page) return [furtherElement("a", { href: `${page}#${id}` }, "This difference with its examples")];
  return [
    "Its examples are left out here to keep this page small; ",
    furtherElement("code", {}, "shadow explain"),
    " shows them. ",
    furtherElement("a", { href: `#${id}` }, "Link to this difference"),
  ];
}

/** Made of text and elements alone: nothing that comes from traffic is ever read as HTML. */
function furtherElement(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

function furtherTime(minutes) {
  return `${new Date(minutes * 60_000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

document.addEventListener("shadow:updated", readFurther);
setTimeout(readFurther); // When all scripts have begun.
