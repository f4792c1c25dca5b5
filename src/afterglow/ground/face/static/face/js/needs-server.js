// A form with data-needs-server="The infusion was not started." is decided by the server at this moment or not at all (safety 17): it is
// never kept, and never sent later.  Before it is sent the server is asked whether it is there; when it is not, the page says so and what to
// do on paper, and the form stays as it was typed.  Without this module the browser sends the form itself and says that it could not.
//
// Every other form of the page asks in the same way while the connection is lost, so that no press ends on the browser's own error page: the words
// stay where they were typed.  Forms that are charted (charting.js) are kept and sent later instead.
import { connectionLost, sayConnection } from "./connection.js";

const ANSWER_WITHIN_MS = 5000;
const watched = new WeakSet();

export function askServerFirst(scope) {
  for (const form of scope.querySelectorAll?.("form[data-needs-server], main form[method=post]:not([data-chart])") ?? []) {
    if (watched.has(form)) continue;
    watched.add(form);
    // Before any other listener of the form: what is not sent must not count as handed in (autosave.js).
    form.addEventListener("submit", (event) => {
      if (form.dataset.serverIsThere) { delete form.dataset.serverIsThere; return; }
      if (!("needsServer" in form.dataset) && !connectionLost(document)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(form, event.submitter);
    }, { capture: true });
  }
}

async function ask(form, submitter) {
  if (form.dataset.asking) return; // the same press twice
  form.dataset.asking = "yes";
  const there = await serverAnswers();
  delete form.dataset.asking;
  form.querySelector("[data-not-sent]")?.remove();
  if (!there) { refuse(form); return; }
  form.dataset.serverIsThere = "yes";
  form.requestSubmit(submitter);
  delete form.dataset.serverIsThere; // stayed when the browser itself found a field wanting
}

// This module's own file, asked for anew: it needs no sign-in and reads nobody's record.
async function serverAnswers() {
  try {
    await fetch(import.meta.url, { cache: "no-store", signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    return true;
  } catch {
    return false;
  }
}

function refuse(form) {
  sayConnection("lost");
  const box = document.createElement("div");
  box.className = "refusal";
  box.dataset.notSent = "";
  box.setAttribute("role", "alert");
  box.tabIndex = -1;
  const title = document.createElement("h2");
  const ordinary = !("needsServer" in form.dataset);
  title.textContent = ordinary ? "Nothing was sent" : form.dataset.needsServer;
  const why = document.createElement("p");
  why.textContent = ordinary
    ? "There is no connection to the clinic's server. What you typed still stands here, and nothing is sent by itself."
    : "There is no connection to the clinic's server, and only the server can decide this, at this moment. Nothing was kept and nothing will be sent when the connection is back.";
  const now = document.createElement("p");
  now.className = "refusal__now";
  now.textContent = ordinary
    ? "Press again when the connection is back. If it cannot wait, tell somebody in person or by telephone."
    : "Paper applies now, with two signatures, by the clinic's downtime rule. When the connection is back, press again, or chart late what was done on paper.";
  box.append(title, why, now);
  form.prepend(box);
  box.focus();
}
