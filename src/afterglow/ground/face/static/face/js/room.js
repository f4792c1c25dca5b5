// The room and the board, live.  Never optimistic: what is shown is what the server stored.
//
//   [data-room="<id>"][data-seq="<n>"]   the room and the entry up to which the page was drawn (many of them on the board)
//   [data-channel][data-taken-at][data-interval][data-silent-after]   a number: ages tick; stale after 2 intervals; then no data
//   [data-fragment="<url>"][data-fragment-every="<s>"]   redrawn by the server: at once after a deed, and every s seconds: what is overdue
//   or silent shows without anything arriving.  One outside a room (the board's whole) may hold rooms, which are wired anew
//   [data-marks]   marks of the latest reading, less those that stand in [data-standing];  [data-state-word]  the phase;  [data-connection]  live or lost
//   [data-elapsed-from="<iso>"]   mm:ss since then (a pause is drawn by the fragment)
//   [data-key="v"]   a keyboard shortcut, off while typing; [data-keys-switch] turns them all off (WCAG 2.1.4)
import { startCharting } from "./charting.js";
import { agoWords, hhmm, serverNow } from "./clock.js";
import { sayConnection } from "./connection.js";
import { onConnection, onEntry } from "./live.js";

const KEYS_OFF = "afterglow-keys-off";
const zone = document.querySelector("[data-zone]")?.dataset.zone;

class Room {
  constructor(element) {
    this.element = element;
    this.fragments = [...element.querySelectorAll("[data-fragment]")].map((place) => new Fragment(place));
    this.leave = onEntry(element.dataset.room, (entry, how) => this.take(entry, how), Number(element.dataset.seq || 0));
    element.addEventListener("afterglow:charted", () => this.fragments.forEach((fragment) => fragment.redraw()));
  }

  take(entry, { missed }) {
    if (!this.element.isConnected) { this.leave(); return; }
    if (entry.kind === "notice") { this.redraw(); return; }
    for (const [channel, reading] of Object.entries(entry.channels ?? {})) this.show(channel, reading, entry.at);
    if (entry.marks) this.mark(entry.marks);
    if (entry.state) this.state(entry.state);
    this.element.dataset.seq = entry.seq;
    for (const fragment of this.fragments) fragment.due(entry.kind === "deed" || missed);
  }

  // What the server says of this room now, wherever it is drawn: its own parts, or on the board the part that holds all rooms.
  redraw() {
    this.fragments.forEach((fragment) => fragment.redraw());
    this.element.parentElement?.closest("[data-fragment]")?.dispatchEvent(new CustomEvent("afterglow:redraw"));
  }

  show(channel, reading, at) {
    for (const number of this.element.querySelectorAll(`[data-channel="${CSS.escape(channel)}"]`)) {
      // A device may send late: an older reading never replaces a newer one.
      if (number.dataset.takenAt && Date.parse(at) < Date.parse(number.dataset.takenAt)) continue;
      number.querySelector("[data-value]").textContent = reading.shown;
      if (reading.value === null || reading.value === undefined) number.dataset.noNumber = "";
      else { delete number.dataset.noNumber; number.dataset.last = reading.shown; number.dataset.takenAt = at; }
      age(number);
    }
  }

  mark(marks) {
    const place = this.element.querySelector("[data-marks]");
    if (!place) return;
    const signature = JSON.stringify(marks);
    if (place.dataset.signature === signature) return; // the same words are not read aloud each second
    place.dataset.signature = signature;
    const stands = (mark) => this.element.querySelector(`[data-standing] [data-code="${CSS.escape(mark.channel ? `${mark.code}:${mark.channel}` : mark.code)}"]`);
    place.replaceChildren(...marks.filter((mark) => mark.level !== "none" && !stands(mark)).map(markElement));
  }

  state(word) {
    if (this.element.dataset.state && this.element.dataset.state !== word) this.fragments.forEach((fragment) => fragment.redraw());
    this.element.dataset.state = word;
  }
}

// Server-drawn HTML for one place.  It keeps the focus; several requests become one.
class Fragment {
  constructor(place) {
    this.place = place;
    this.every = Number(place.dataset.fragmentEvery || 5) * 1000;
    this.drawn = Date.now();
    this.running = false;
    this.again = false;
    place.addEventListener("afterglow:redraw", () => this.redraw());
    setInterval(() => this.due(false), 1000);
  }

  due(now) {
    if (now || Date.now() - this.drawn >= this.every) this.redraw();
  }

  async redraw() {
    if (this.running) { this.again = true; return; }
    this.running = true;
    this.drawn = Date.now();
    try {
      const answer = await fetch(this.place.dataset.fragment, { redirect: "manual", credentials: "same-origin", headers: { "HX-Request": "true" } });
      if (answer.status === 200) this.put(await answer.text());
    } catch {
      // The connection line says it; the old picture stays, and its ages keep ticking.
    }
    this.running = false;
    if (this.again) { this.again = false; this.redraw(); }
  }

  put(html) {
    const active = document.activeElement;
    const held = this.place.contains(active);
    if (held && active.matches("input, textarea, select")) return; // never under a person's fingers
    const id = held ? active.id : "";
    const open = [...this.place.querySelectorAll("details")].map((details) => details.open);
    const scroll = this.place.querySelector(".strip-scroll")?.scrollLeft ?? 0;
    const parsed = new DOMParser().parseFromString(html, "text/html");
    this.place.replaceChildren(...parsed.body.childNodes);
    [...this.place.querySelectorAll("details")].forEach((details, index) => { if (open[index]) details.open = true; });
    const scroller = this.place.querySelector(".strip-scroll");
    if (scroller) scroller.scrollLeft = scroll;
    if (id) document.getElementById(id)?.focus({ preventScroll: true });
    globalThis.htmx?.process(this.place);
    startCharting(this.place);
    wire(this.place);
    tick();
  }
}

function markElement(mark) {
  const element = document.createElement("span");
  element.className = `mark mark--${mark.level}`;
  element.dataset.code = mark.code;
  const shape = document.querySelector(`template[data-icon="${mark.level}"]`);
  if (shape) element.append(shape.content.cloneNode(true));
  element.append(mark.sentence);
  const level = { act: ", act now", notify: ", notify" }[mark.level];
  if (level) {
    const word = document.createElement("span");
    word.className = "visually-hidden";
    word.textContent = level;
    element.append(word);
  }
  return element;
}

// Fresh, stale (older than two intervals) or silent (no number for longer than the device may be quiet).
function age(number) {
  const taken = Date.parse(number.dataset.takenAt || "");
  const value = number.querySelector("[data-value]");
  const line = number.querySelector("[data-age]");
  if (!taken) { number.dataset.state = "silent"; return; }
  // Drawn silent and not aged here before: the server saw no number in the latest reading, whatever its age.
  if (!("aged" in number.dataset) && number.dataset.state === "silent" && !("last" in number.dataset)) number.dataset.noNumber = "";
  number.dataset.aged = "";
  const old = serverNow() - taken;
  const interval = Number(number.dataset.interval || 0) * 1000;
  const silent = Number(number.dataset.silentAfter || 0) * 1000;
  if ("noNumber" in number.dataset || (silent && old > silent)) {
    number.dataset.state = "silent";
    if (!("noNumber" in number.dataset)) value.textContent = "no data";
    line.textContent = `last ${number.dataset.last ?? "reading"} at ${hhmm(taken, zone)}, ${agoWords(old)}`;
    return;
  }
  number.dataset.last ??= value.textContent;
  if (number.dataset.state === "silent") value.textContent = number.dataset.last;
  number.dataset.state = interval && old > 2 * interval ? "stale" : "fresh";
  line.textContent = `${interval > 5000 ? `${hhmm(taken, zone)}, ` : ""}${agoWords(old)}${number.dataset.state === "stale" ? ", old" : ""}`;
}

function tick() {
  document.querySelectorAll("[data-channel]").forEach(age);
  for (const clock of document.querySelectorAll("[data-elapsed-from]")) {
    const s = Math.max(0, Math.floor((serverNow() - Date.parse(clock.dataset.elapsedFrom)) / 1000));
    clock.textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  }
}

function watchStream() {
  onConnection((state, silentMs) => {
    sayConnection(state);
    for (const line of document.querySelectorAll("[data-connection]")) {
      line.dataset.state = state;
      const words = state === "live" ? "receiving" : state === "lost" ? `No connection. Nothing received for ${Math.floor(silentMs / 1000)} s: look at the monitor` : "connecting";
      if (line.textContent !== words) line.textContent = words;
    }
  });
}

function keyboard() {
  const off = () => localStorage.getItem(KEYS_OFF) === "1";
  for (const control of document.querySelectorAll("[data-keys-switch]")) {
    control.checked = !off();
    control.addEventListener("change", () => localStorage.setItem(KEYS_OFF, control.checked ? "0" : "1"));
  }
  document.addEventListener("keydown", (event) => {
    if (off() || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!target) return;
    event.preventDefault();
    target.focus();
    // A key opens or goes to something; what changes the record still wants Enter on the focused button.
    if (target.matches("a, summary, button[type=button]")) target.click();
  });
}

function wire(scope) {
  for (const element of scope.querySelectorAll("[data-room]")) new Room(element);
}

wire(document);
for (const place of document.querySelectorAll("[data-fragment]")) if (!place.closest("[data-room]")) new Fragment(place);
if (document.querySelector("[data-room], [data-connection]")) watchStream();
keyboard();
tick();
setInterval(tick, 1000);
