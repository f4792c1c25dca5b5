// The CSRF token as it is at this moment: the cookie when it can be read, otherwise the newest form's token.
export function csrfToken(doc = document) {
  const pair = doc.cookie.split("; ").find((one) => /^(__Host-)?(afterglow_csrf|csrftoken)=/.test(one));
  if (pair) return decodeURIComponent(pair.slice(pair.indexOf("=") + 1));
  return doc.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
}
