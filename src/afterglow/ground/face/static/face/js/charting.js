// Charting that is never lost and never doubled.  A form with data-chart is sent by this module: each entry has its key, its author
// and the time at which it was made; it is kept in this browser first, sent in order, and let go only when the server answers 200
// with that very key.  Signed out (a redirect), 401, 403, 5xx, no network: it stays, in view, and is tried again.
//
// The server's side: POST form-encoded with X-Entry-Key and Accept: application/json.
//   200 {"key": "<same>"}                                 stored (or stored before: the same answer)
//   4xx {"code", "sentence", "now", "field"}              a refusal: shown in the outbox, the entry waits for a person
//   409 {"code": "write.other_author", ...}              another person is signed in here: it waits for its author
// [data-outbox] lists what is not sent; it stays empty on a good day.
import { serverNow } from "./clock.js";
import { sayConnection } from "./connection.js";
import { csrfToken } from "./csrf.js";
import { vault } from "./vault.js";

const LOCK = "afterglow-outbox";
const RETRY_MS = [1000, 2000, 4000, 8000, 15000];
const author = document.body?.dataset.author || "";
const watched = new WeakSet();
const unsent = new Map(); // key -> entry, in order of making; the vault holds the same
let tries = 0;
let timer;
let loaded;

export function startCharting(scope) {
  for (const form of scope.querySelectorAll?.("form[data-chart]") ?? []) {
    if (watched.has(form)) continue;
    watched.add(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      chart(form, event.submitter);
    });
  }
  loaded ??= load();
}

export const unsentCount = () => unsent.size;

// Signing out with unsent entries asks once; they stay here, encrypted, and leave under their author's next sign-in.
export function warnBeforeSignOut(doc) {
  const form = doc.querySelector("form[data-sign-out]");
  form?.addEventListener("submit", (event) => {
    if (unsent.size === 0 || form.dataset.warned) return;
    event.preventDefault();
    form.dataset.warned = "yes";
    say(`${unsent.size} of your entries have not reached the server yet. They stay on this device and are sent when you sign in here again. Press “Sign out” once more to leave.`);
  });
}

async function load() {
  const store = await vault();
  const rows = (await store.all("entries")).map((row) => row.value).sort((a, b) => a.made - b.made);
  for (const entry of rows) if (!unsent.has(entry.key)) unsent.set(entry.key, entry);
  draw();
  if (unsent.size) send();
  addEventListener("online", () => send());
  addEventListener("beforeunload", (event) => { if (unsent.size && !store.durable) event.preventDefault(); });
}

async function chart(form, submitter) {
  const body = new FormData(form, submitter); // as it stood at the press, however long this browser's store takes to open
  await loaded;
  body.delete("csrfmiddlewaretoken");
  const key = String(body.get("key") || "") || crypto.randomUUID();
  if (unsent.has(key)) return; // the same press twice
  body.set("key", key);
  if (!body.get("taken_at")) body.set("taken_at", new Date(serverNow()).toISOString());
  const entry = {
    key, author, made: Date.now(), url: submitter?.formAction && submitter.hasAttribute("formaction") ? submitter.formAction : form.action,
    fields: [...body.entries()].filter(([, value]) => typeof value === "string"),
    words: submitter?.dataset.words || form.dataset.words || form.getAttribute("aria-label") || "Entry", state: "waiting",
  };
  unsent.set(key, entry);
  form.querySelector("[data-refused]")?.remove();
  try {
    await (await vault()).put("entries", key, entry);
  } catch {
    say("This device could not keep a copy. Stay on this page until the entry is sent.");
  }
  renew(form);
  draw();
  await send();
}

// The form is ready for the next entry: a new key, and empty again; the words of this one are in the outbox until acknowledged.
function renew(form) {
  const key = form.querySelector("input[name=key]");
  form.reset();
  if (key) key.value = crypto.randomUUID();
}

function send() {
  clearTimeout(timer);
  return navigator.locks ? navigator.locks.request(LOCK, sendAll) : sendAll();
}

async function sendAll() {
  for (const entry of [...unsent.values()]) {
    if (entry.state === "refused" || !unsent.has(entry.key)) continue;
    if (entry.author !== author) { entry.state = "other author"; continue; }
    const done = await sendOne(entry);
    if (!done) {
      timer = setTimeout(send, RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]);
      tries += 1;
      break; // in order: what came later waits behind it
    }
    tries = 0;
  }
  draw();
}

// True when the queue may go on: the entry was stored, or refused for good.
async function sendOne(entry) {
  let answer;
  try {
    answer = await fetch(entry.url, {
      method: "POST", redirect: "manual", credentials: "same-origin", body: new URLSearchParams(entry.fields),
      headers: { "X-CSRFToken": csrfToken(), "X-Entry-Key": entry.key, Accept: "application/json" },
    });
  } catch {
    entry.state = "no connection";
    sayConnection("lost");
    return false;
  }
  sayConnection("live");
  const said = await answer.json().catch(() => null);
  if (answer.status === 200 && said?.key === entry.key) return stored(entry);
  const decided = said?.code && said.sentence && answer.status >= 400 && answer.status < 500 && answer.status !== 401;
  if (decided && said.code !== "write.other_author") return refused(entry, said);
  entry.state = answer.type === "opaqueredirect" || answer.status === 401 ? "signed out" : decided ? "other author" : `answer ${answer.status}`;
  return false;
}

async function stored(entry) {
  unsent.delete(entry.key);
  await (await vault()).remove("entries", entry.key);
  for (const room of document.querySelectorAll("[data-room]")) room.dispatchEvent(new CustomEvent("afterglow:charted", { detail: entry.key }));
  return true;
}

async function refused(entry, said) {
  entry.state = "refused";
  entry.refusal = { sentence: said.sentence, now: said.now || "" };
  await (await vault()).put("entries", entry.key, entry);
  return true;
}

const STATES = {
  waiting: "being sent", "no connection": "waiting for a connection", "signed out": "waiting for you to sign in again",
  "other author": "waiting for its author to sign in on this device",
};

function draw() {
  for (const place of document.querySelectorAll("[data-outbox]")) {
    place.replaceChildren(...[...unsent.values()].map((entry) => row(entry)));
    place.classList.add("outbox");
  }
}

function row(entry) {
  const line = document.createElement("li");
  const taken = entry.fields.find(([name]) => name === "taken_at")?.[1];
  const values = entry.fields.filter(([name, value]) => !["key", "taken_at"].includes(name) && value).map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`);
  // Another author's values are not shown to whoever holds the tablet now.
  const shown = entry.author === author ? `: ${values.join(", ")}` : "";
  line.textContent = `${taken ? new Date(taken).toTimeString().slice(0, 5) : ""} ${entry.words}${shown}. `;
  const state = document.createElement("b");
  state.textContent = entry.state === "refused" ? `Not stored. ${entry.refusal.sentence} ${entry.refusal.now}` : `Not stored yet: ${STATES[entry.state] || entry.state}.`;
  line.append(state);
  if (entry.state === "refused" && entry.author === author) line.append(button("Enter it again", () => enterAgain(entry)), button("Let it go", () => letGo(entry)));
  return line;
}

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button--quiet";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

// The refused values go back into their form, to be corrected there under a new key.
async function enterAgain(entry) {
  const form = [...document.querySelectorAll("form[data-chart]")].find((one) => one.action === entry.url);
  if (!form) { say("Open the form this entry came from; its values are listed here until you let it go."); return; }
  form.closest("details")?.setAttribute("open", "");
  for (const [name, value] of entry.fields) {
    if (name === "key") continue;
    for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (input.type === "radio" || input.type === "checkbox") input.checked = input.value === value;
      else input.value = value;
    }
  }
  await drop(entry);
  form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

// Letting go can be taken back for ten seconds.
async function letGo(entry) {
  await drop(entry);
  const undo = button("Undo", async () => {
    unsent.set(entry.key, entry);
    await (await vault()).put("entries", entry.key, entry);
    undo.remove();
    draw();
  });
  document.querySelector("[data-outbox]")?.after(undo);
  setTimeout(() => undo.remove(), 10000);
}

async function drop(entry) {
  unsent.delete(entry.key);
  await (await vault()).remove("entries", entry.key);
  draw();
}

function say(words) {
  const region = document.querySelector(".messages");
  if (!region) return;
  const line = document.createElement("p");
  line.className = "message message--warning";
  line.textContent = words;
  region.replaceChildren(line);
}
