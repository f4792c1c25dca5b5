// One stream per browser.  The tabs elect a leader with a Web Lock; the leader holds the only EventSource and shares every entry
// through a BroadcastChannel.  Without EventSource (or while it fails) the leader polls the same address.
//
// The server's side: GET <body data-live-url>?room=<id>:<seq>&room=<id>:<seq> streams entries after each cursor:
//   data: {"room": id, "seq": n, "kind": "reading" | "deed", "at": iso, "channels": {"hr": {"value", "unit", "shown"}}, "marks": [...], "state": str}
// An entry of kind "notice" is no entry of the session: it has no number, moves no cursor, and comes once for each stream.
// and `event: beat` with data {"at": iso} at least every 5 seconds.  With &poll=1 it answers {"at": iso, "entries": [...]} once.
const CHANNEL = "afterglow-live";
const LOCK = "afterglow-live";
const LOST_AFTER_MS = 12000; // more than two beats
const STEAL_EVERY_MS = 30000;
const POLL_MS = 2000;
const RETRY_MS = 3000;

const rooms = new Map(); // room -> { seq, callbacks }
const wanted = new Map(); // leader only: room -> lowest seq that some tab has
const listeners = new Set();
const bus = "BroadcastChannel" in globalThis ? new BroadcastChannel(CHANNEL) : null;
let heard = Date.now();
let state = "connecting";
let leader = false;
let stream = null;
let polling = null;

export function onEntry(room, callback, after = 0) {
  if (!rooms.has(room)) rooms.set(room, { seq: after, callbacks: new Set() });
  rooms.get(room).callbacks.add(callback);
  start();
  ask();
  return () => rooms.get(room)?.callbacks.delete(callback);
}

// callback("live" | "lost" | "connecting", milliseconds since anything was heard)
export function onConnection(callback) {
  listeners.add(callback);
  callback(state, Date.now() - heard);
  return () => listeners.delete(callback);
}

let started = false;
function start() {
  if (started) return;
  started = true;
  bus?.addEventListener("message", (event) => receive(event.data));
  if (navigator.locks && bus) elect();
  else lead();
  setInterval(watch, 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  // A hint only (the server may be this very machine): the leader asks at once, and the answer decides.
  addEventListener("offline", () => { if (leader) askNow(); });
  addEventListener("online", () => { if (leader) askNow(); });
}

function elect(options = {}) {
  navigator.locks.request(LOCK, options, () => { lead(); return new Promise(() => {}); }).catch(stepDown);
}

// Another tab took the lead because it heard nothing from here (a frozen tab keeps its lock): follow it, and stand by.
function stepDown() {
  leader = false;
  stream?.close();
  stream = null;
  clearTimeout(polling);
  polling = null;
  wanted.clear();
  elect();
  ask();
}

function ask() {
  const want = Object.fromEntries([...rooms].map(([room, { seq }]) => [room, seq]));
  if (leader) widen(want);
  bus?.postMessage({ type: "want", want });
}

function receive(message) {
  if (message.type === "want" && leader) widen(message.want);
  else if (message.type === "who" && !leader) ask();
  else if (message.type === "beat") beat(message.at);
  else if (message.type === "entry") deliver(message.entry);
  else if (message.type === "lost") say("lost");
}

function lead() {
  leader = true;
  bus?.postMessage({ type: "who" });
  ask();
}

function widen(want) {
  let changed = false;
  for (const [room, seq] of Object.entries(want)) {
    if (!wanted.has(room) || seq < wanted.get(room)) { wanted.set(room, seq); changed = true; }
  }
  if (changed || (!stream && !polling)) connect();
}

function address(extra = "") {
  const url = new URL(document.body.dataset.liveUrl, location.href);
  for (const [room, seq] of wanted) url.searchParams.append("room", `${room}:${seq}`);
  return url.href + extra;
}

function connect() {
  if (!document.body.dataset.liveUrl || wanted.size === 0) return;
  stream?.close();
  stream = null;
  clearTimeout(polling);
  polling = null;
  if (!("EventSource" in globalThis)) { poll(); return; }
  stream = new EventSource(address());
  stream.onmessage = (event) => fromServer(JSON.parse(event.data));
  stream.addEventListener("beat", (event) => share({ type: "beat", at: JSON.parse(event.data || "{}").at }));
  // EventSource would reconnect to the old cursors: we make a new one from where each room is now.
  stream.onerror = () => {
    stream?.close();
    stream = null;
    polling = setTimeout(poll, RETRY_MS);
  };
}

function askNow() {
  stream?.close();
  stream = null;
  clearTimeout(polling);
  polling = setTimeout(poll, 0);
}

let asking = false;
async function poll() {
  if (asking) return; // its own answer decides what comes next
  asking = true;
  try {
    const answer = await fetch(address("&poll=1"), { redirect: "manual", credentials: "same-origin", headers: { Accept: "application/json" } });
    if (answer.status === 200) {
      const { entries, at } = await answer.json();
      entries.forEach(fromServer);
      share({ type: "beat", at });
      if ("EventSource" in globalThis) { polling = null; connect(); return; }
    }
  } catch {
    share({ type: "lost" }); // no connection; a server that is there and silent is noticed by the watch below
  } finally {
    asking = false;
  }
  polling = setTimeout(poll, POLL_MS);
}

function fromServer(entry) {
  if (entry.kind !== "notice") wanted.set(entry.room, Math.max(wanted.get(entry.room) ?? 0, entry.seq));
  share({ type: "entry", entry });
}

function share(message) {
  bus?.postMessage(message);
  receive(message);
}

function deliver(entry) {
  if (entry.kind !== "notice") beat(entry.at); // a notice says when it happened, which may be long ago
  const room = rooms.get(entry.room);
  if (!room) return;
  if (entry.kind === "notice") {
    for (const callback of room.callbacks) callback(entry, { missed: false });
    return;
  }
  if (entry.seq <= room.seq) return;
  const missed = room.seq > 0 && entry.seq > room.seq + 1;
  room.seq = entry.seq;
  for (const callback of room.callbacks) callback(entry, { missed });
}

let serverAt = 0;
function beat(at) {
  heard = Date.now();
  serverAt = Math.max(serverAt, Date.parse(at) || 0);
  say("live");
}

export const lastServerTime = () => serverAt;

let stolenAt = 0;
function watch() {
  if (Date.now() - heard <= LOST_AFTER_MS) return;
  say("lost");
  if (leader || document.hidden || !navigator.locks || !bus || Date.now() - stolenAt < STEAL_EVERY_MS) return;
  stolenAt = Date.now();
  elect({ steal: true });
}

function say(now) {
  if (state !== now || now === "lost") {
    state = now;
    for (const callback of listeners) callback(state, Date.now() - heard);
  }
}
