// One word when the server cannot be reached.  The browser's own "offline" event is only a hint: a failed request counts too.
export function watchConnection(doc) {
  const note = doc.querySelector("[data-offline]");
  if (!note) return;
  // What it says is true of this page: only some forms are kept, and only some pages show numbers.
  const say = (name, applies) => { for (const line of note.querySelectorAll(`[data-offline-${name}]`)) line.hidden = !applies; };
  const show = (lost) => {
    say("kept", doc.querySelector("form[data-chart], form[data-autosave]:not([data-autosave=here])"));
    say("here", doc.querySelector("form[data-autosave=here]"));
    say("not-kept", doc.querySelector("form[data-needs-server]"));
    say("numbers", doc.querySelector("[data-channel]"));
    note.hidden = !lost;
  };
  addEventListener("offline", () => show(true));
  addEventListener("online", () => show(false));
  addEventListener("afterglow:connection", (event) => show(event.detail === "lost"));
  document.addEventListener("htmx:sendError", () => show(true));
  document.addEventListener("htmx:afterOnLoad", () => show(false));
  show(navigator.onLine === false);
}

// Whether this page has reason to believe that the server is out of reach.
export const connectionLost = (doc) => navigator.onLine === false || doc.querySelector("[data-offline]")?.hidden === false;

// Other modules say here whether their last request got through.
export function sayConnection(state) {
  dispatchEvent(new CustomEvent("afterglow:connection", { detail: state }));
}
