// The moment an answer touches self-harm, help is on the screen: before any save, without a connection.
// An option that does carries data-crisis; the page carries the help as [data-crisis-help][hidden].
export function watchCrisis(doc) {
  doc.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-crisis]") && event.target.checked) showCrisisHelp(doc);
  });
}

export function showCrisisHelp(doc) {
  for (const help of doc.querySelectorAll("[data-crisis-help][hidden]")) {
    help.hidden = false;
    help.scrollIntoView({ block: "nearest" });
  }
}
