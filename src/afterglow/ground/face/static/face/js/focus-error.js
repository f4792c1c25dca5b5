// What went wrong is read first: focus moves to the summary; each of its links moves focus into the field it names.
// An address that names a question (#id_fasting on the check-in page) opens it and moves focus into its first field.
export function focusError(scope) {
  const found = [scope, ...(scope.querySelectorAll?.("[data-focus-error]") ?? [])].find((one) => one.matches?.("[data-focus-error]") && !one.closest("[hidden]"));
  if (!found) return;
  found.focus({ preventScroll: false });
  found.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    const target = document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    focusInto(target);
  });
}

export function focusQuestion(doc) {
  const go = () => {
    const target = location.hash.length > 1 && doc.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || !("question" in target.dataset)) return;
    for (let part = target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    focusInto(target);
  };
  addEventListener("hashchange", go);
  if (doc.querySelector("[data-focus-error]:not([hidden])")) return;
  // The browser itself moves to what the address names once the page is whole: the field comes after that.
  if (doc.readyState === "complete") go();
  else addEventListener("load", () => setTimeout(go));
}

function focusInto(target) {
  const fields = "input:not([type=hidden]), select, textarea";
  const field = target.matches(fields) ? target : target.querySelector(fields) || target.querySelector("a[href], button") || target;
  target.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
}
