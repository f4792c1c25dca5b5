// The way back after a save.  A browser that goes back writes into the fields again what was typed there, but the page itself is made anew, with a
// new key: pressed once more, the same words would be recorded a second time.  So a form that was sent, and taken (the server led on to another
// address), comes back as the server draws it.  A form that was never sent, was refused, or was typed into since keeps what the browser kept.
const PRESSED = "afterglow-pressed";
const TAKEN = "afterglow-taken";
const MOST = 50;

const taken = () => JSON.parse(sessionStorage.getItem(TAKEN) || "[]");
const keep = (names) => sessionStorage.setItem(TAKEN, JSON.stringify(names.slice(-MOST)));

export function emptySentForms(doc) {
  const arrived = performance.getEntriesByType("navigation")[0];
  const pressed = sessionStorage.getItem(PRESSED);
  sessionStorage.removeItem(PRESSED);
  if (pressed && arrived?.redirectCount > 0) keep([...taken().filter((name) => name !== pressed), pressed]);
  if (arrived?.type === "back_forward") addEventListener("pageshow", (event) => { if (!event.persisted) empty(doc); }); // the browser has filled in by then
  doc.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && event.target.method === "post") sessionStorage.setItem(PRESSED, nameOf(event.target));
  });
  doc.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.method === "post" && taken().includes(nameOf(form))) keep(taken().filter((name) => name !== nameOf(form)));
  });
}

function empty(doc) {
  const names = taken();
  for (const form of doc.querySelectorAll('form[method="post"]')) if (names.includes(nameOf(form))) form.reset();
}

// The page it stands on, where it goes, and what it asks; never what was answered.
function nameOf(form) {
  const names = [...new Set([...form.elements].map((input) => input.name).filter(Boolean))].sort().join(",");
  return `${location.pathname}|${form.getAttribute("action") || ""}|${names}`;
}
