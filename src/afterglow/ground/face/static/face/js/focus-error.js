// What went wrong is read first: focus moves to the summary; each of its links moves focus into the field it names.
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
    const field = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea") || target;
    target.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });
}
