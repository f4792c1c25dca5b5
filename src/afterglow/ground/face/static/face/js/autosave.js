// Nothing typed is ever lost.  A form with data-autosave="URL" is saved there within 2 seconds of a change; until the server
// acknowledges, the same text is kept in this browser (vault.js), and it comes back after a crash, an expired login or a dead tab.
//
// The server's side: POST of the form with header X-Autosave: 1, answered 200 {"saved_at": "<iso>", "shown": "10:22", "crisis": true when help must show}.
// Anything else (302 to a sign-in page, 401, 403, 409, 5xx, no network) keeps the local copy.
// Never kept: passwords, files, hidden fields, and inputs with data-autosave-skip.
// data-autosave="here" keeps the copy in this browser only: for the desk's own forms, whose half-typed text belongs in nobody's record yet.
// data-draft-as="NAME" says whose text it is where one address holds many forms, or a refused form comes back at another address: fields that
// come and go between two pages then keep what was typed into the others.
// A form with a hidden `version` gets the one it was typed against back with its text, so that the server still sees what changed meanwhile.
// The form says data-draft="ready" once what was kept before has been looked for.
import { showCrisisHelp } from "./crisis.js";
import { csrfToken } from "./csrf.js";
import { sayConnection } from "./connection.js";
import { vault } from "./vault.js";

const WAIT_MS = 1200; // typing pauses this long before a save; with LATEST_MS it stays within the promised 2 seconds
const LATEST_MS = 1900;
const RETRY_MS = [2000, 5000, 10000, 20000];
const SENT = "afterglow-sent"; // the draft that was handed in by the last full submit of this tab
const HERE = "here";
const watched = new WeakSet();
const author = () => document.body.dataset.author || "";

export function keepDrafts(scope) {
  const settled = settleSent(scope);
  for (const form of scope.querySelectorAll?.("form[data-autosave]") ?? []) {
    if (watched.has(form)) continue;
    watched.add(form);
    new Draft(form).start(settled);
  }
}

// A full submit that led to another page of the same person, or by a redirect back to this one, was taken by the server: its draft goes.
// A sign-in page, an error page or the same form drawn again proves nothing: the draft stays and is offered back.
async function settleSent(scope) {
  const sent = sessionStorage.getItem(SENT);
  if (!sent || scope !== document) return;
  const { id, page, by } = JSON.parse(sent);
  sessionStorage.removeItem(SENT);
  const redirected = performance.getEntriesByType("navigation")[0]?.redirectCount > 0;
  if (by !== author() || (page === location.pathname + location.search && !redirected)) return;
  await (await vault()).remove("drafts", id);
}

// What comes back is seen: every folded part around it opens.
function unfold(input) {
  for (let part = input.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
}

const isTicked = (input) => input.type === "radio" || input.type === "checkbox";

function asItIs(input) {
  if (isTicked(input)) return input.checked ? [input.value] : [];
  return input instanceof HTMLSelectElement ? [...input.selectedOptions].map((option) => option.value) : [input.value];
}

// What the server drew into a field.  A select that it chose nothing in shows its first option; a number or day it could not draw shows none.
function asDrawn(input) {
  if (isTicked(input)) return input.defaultChecked ? [input.value] : [];
  if (!(input instanceof HTMLSelectElement)) return input.value === "" ? [""] : [input.defaultValue];
  const chosen = [...input.options].filter((option) => option.defaultSelected);
  return (chosen.length || input.multiple ? chosen : [...input.options].slice(0, 1)).map((option) => option.value);
}

class Draft {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosave;
    // Author, address and the questions themselves: a draft never answers another person's form or another page's question.
    const names = [...new Set(this.fields().map((input) => input.name))].sort().join(",");
    const as = form.dataset.draftAs;
    this.id = as ? `${author()}|${as}` : `${author()}|${this.url === HERE ? location.pathname : new URL(this.url, location.href).pathname}|${names}`;
    this.line = form.querySelector("[data-saved]") || this.addLine();
    this.version = 0;
    this.tries = 0;
    this.firstChange = 0;
    this.sending = false;
    this.work = Promise.resolve();
  }

  addLine() {
    const line = document.createElement("p");
    line.className = "saved";
    line.dataset.saved = "";
    line.setAttribute("role", "status");
    this.form.append(line);
    return line;
  }

  // Listening comes first: what is typed while this browser's store still opens counts like any other, and so does what was typed before
  // this script had come.
  start(settled) {
    const drawn = this.read(asDrawn);
    const early = JSON.stringify(drawn) !== JSON.stringify(this.read());
    this.after(async () => {
      await settled;
      await this.restore(drawn);
      this.form.dataset.draft = "ready";
      if (early) this.changed();
    });
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      clearTimeout(this.timer);
      this.timer = null;
      sessionStorage.setItem(SENT, JSON.stringify({ id: this.id, page: location.pathname + location.search, by: author() }));
    });
    addEventListener("pagehide", () => { if (this.timer) this.keep(); });
    addEventListener("online", () => this.save());
    document.addEventListener("visibilitychange", () => { if (document.hidden && this.timer) this.save(); });
  }

  fields() {
    return [...this.form.elements].filter(
      (input) => input.name && !["password", "file", "hidden", "submit", "button"].includes(input.type) && !("autosaveSkip" in input.dataset) && input.type !== "fieldset",
    );
  }

  read(answersOf = asItIs) {
    const answers = {};
    for (const input of this.fields()) (answers[input.name] ??= []).push(...answersOf(input));
    return answers;
  }

  write(answers) {
    const next = {};
    for (const input of this.fields()) {
      const kept = answers[input.name];
      if (kept === undefined) continue;
      if (kept.some(Boolean)) unfold(input);
      if (input.type === "radio" || input.type === "checkbox") input.checked = kept.includes(input.value);
      else if (input instanceof HTMLSelectElement) for (const option of input.options) option.selected = kept.includes(option.value);
      else {
        next[input.name] ??= 0;
        input.value = kept[next[input.name]++] ?? "";
      }
    }
  }

  // One thing at a time with this draft's copy, in order: a slow write never lands after the removal that followed it.
  after(deed) {
    this.work = this.work.then(deed, deed);
    return this.work;
  }

  // `drawn` is the form as the server drew it; what was typed since stays as typed.
  async restore(drawn) {
    const store = await vault();
    const kept = await store.get("drafts", this.id);
    if (this.form.querySelector("[aria-invalid=true]")) return; // the server gives back what was sent, with what is wrong about it
    if (!kept || JSON.stringify(kept.answers) === JSON.stringify(this.read())) {
      if (kept) await store.remove("drafts", this.id);
      return;
    }
    const server = this.read();
    const typed = Object.keys(server).filter((name) => JSON.stringify(server[name]) !== JSON.stringify(drawn[name]));
    this.write(Object.fromEntries(Object.entries(kept.answers).filter(([name]) => !typed.includes(name))));
    const undo = document.createElement("button");
    undo.type = "button";
    undo.className = "button button--quiet";
    undo.textContent = "Put back what was saved before";
    const drawnFor = this.base();
    if (kept.base) this.form.elements.version.value = kept.base;
    undo.addEventListener("click", () => {
      this.write(server);
      if (drawnFor) this.form.elements.version.value = drawnFor;
      undo.remove();
      this.changed();
    });
    this.say(this.url === HERE ? `What you typed at ${kept.shown} was not sent. It is back.` : `What you typed at ${kept.shown} had not reached the server. It is back.`);
    this.line.after(undo);
    this.changed();
  }

  // The version of the record that this form was drawn for, where it has one.
  base() {
    const held = this.form.elements.version;
    return held?.type === "hidden" ? held.value : "";
  }

  changed() {
    this.version += 1;
    this.firstChange ||= Date.now();
    this.keep();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), Math.max(0, Math.min(WAIT_MS, this.firstChange + LATEST_MS - Date.now())));
  }

  keep() {
    return this.after(async () => {
      const store = await vault();
      const shown = new Date().toTimeString().slice(0, 5);
      await store.put("drafts", this.id, { answers: this.read(), shown, version: this.version, base: this.base() });
    });
  }

  async save() {
    if (this.sending || !this.firstChange) return;
    clearTimeout(this.timer);
    this.timer = null;
    if (this.url === HERE) {
      this.firstChange = 0;
      await this.work;
      this.say(`Kept in this browser ${new Date().toTimeString().slice(0, 5)}`);
      return;
    }
    this.sending = true;
    const version = this.version;
    const body = new FormData(this.form);
    for (const input of this.form.elements) if (input.name && (input.type === "password" || "autosaveSkip" in input.dataset)) body.delete(input.name);
    let saved = null;
    try {
      const answer = await fetch(this.url, {
        method: "POST", body, redirect: "manual", credentials: "same-origin", keepalive: document.hidden,
        headers: { "X-CSRFToken": csrfToken(), "X-Autosave": "1", Accept: "application/json" },
      });
      if (answer.status === 200) saved = await answer.json().catch(() => null);
      else this.explain(answer);
      sayConnection("live");
    } catch {
      this.say("Not saved on the server yet: no connection. It is kept on this device.");
      sayConnection("lost");
    }
    this.sending = false;
    if (saved?.crisis) showCrisisHelp(document);
    if (saved?.saved_at) await this.acknowledged(version, saved);
    else this.again();
  }

  async acknowledged(version, saved) {
    this.tries = 0;
    const words = `Saved ${saved.shown || new Date(saved.saved_at).toTimeString().slice(0, 5)}`;
    if (version !== this.version) { this.say(words); this.firstChange = Date.now(); this.save(); return; }
    this.firstChange = 0;
    await this.after(async () => { if (version === this.version) await (await vault()).remove("drafts", this.id); });
    if (version === this.version) this.say(words);
  }

  explain(answer) {
    if (answer.type === "opaqueredirect" || answer.status === 401) this.say("You are signed out. What you typed is kept on this device; sign in again and it comes back.");
    else if (answer.status === 409) this.say("This was changed somewhere else. What you typed is kept on this device; load the page again to compare.");
    else this.say("Not saved on the server yet. It is kept on this device, and tried again.");
  }

  again() {
    const wait = RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)];
    this.tries += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  say(words) {
    if (this.line.textContent !== words) this.line.textContent = words;
  }
}
