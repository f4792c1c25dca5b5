// One word when the server cannot be reached.  The browser's own "offline" event is only a hint: a failed request counts too.
export function watchConnection(doc) {
  const note = doc.querySelector("[data-offline]");
  if (!note) return;
  const show = (lost) => { note.hidden = !lost; };
  addEventListener("offline", () => show(true));
  addEventListener("online", () => show(false));
  addEventListener("afterglow:connection", (event) => show(event.detail === "lost"));
  document.addEventListener("htmx:sendError", () => show(true));
  document.addEventListener("htmx:afterOnLoad", () => show(false));
  show(navigator.onLine === false);
}

// Other modules say here whether their last request got through.
export function sayConnection(state) {
  dispatchEvent(new CustomEvent("afterglow:connection", { detail: state }));
}
