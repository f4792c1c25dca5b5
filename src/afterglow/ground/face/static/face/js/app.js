// Every page: theme, focus on what went wrong, drafts that survive, and an honest word when the server cannot be reached.
import { switchTheme } from "./theme.js";
import { focusError, focusQuestion } from "./focus-error.js";
import { keepDrafts } from "./autosave.js";
import { watchConnection } from "./connection.js";
import { watchCrisis } from "./crisis.js";
import { csrfToken } from "./csrf.js";
import { emptySentForms } from "./sent-forms.js";
import { askServerFirst } from "./needs-server.js";
import { startCharting, warnBeforeSignOut } from "./charting.js";

document.documentElement.classList.add("has-js");
switchTheme(document);
focusError(document);
focusQuestion(document);
emptySentForms(document);
keepDrafts(document);
watchConnection(document);
watchCrisis(document);
startCharting(document);
askServerFirst(document);
warnBeforeSignOut(document);

// htmx sends the CSRF token as it is now, not as it was when the page was made (signing in again changes it).
document.addEventListener("htmx:configRequest", (event) => {
  const token = csrfToken();
  if (token) event.detail.headers["X-CSRFToken"] = token;
});
document.addEventListener("htmx:afterSwap", (event) => {
  focusError(event.target);
  keepDrafts(event.target);
  startCharting(event.target);
  askServerFirst(event.target);
});
