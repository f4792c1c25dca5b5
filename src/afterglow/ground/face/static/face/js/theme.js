// Day or dusk: follow the system until a person chooses; the choice is a cookie, so the server draws the next page in it at once.
const COOKIE = "afterglow_theme";
const YEAR_S = 31536000;

export function currentTheme(root = document.documentElement) {
  const chosen = root.dataset.theme;
  if (chosen === "day" || chosen === "dusk") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dusk" : "day";
}

export function switchTheme(doc) {
  for (const button of doc.querySelectorAll("[data-theme-switch]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = currentTheme() === "dusk" ? "day" : "dusk";
      document.documentElement.dataset.theme = next;
      const secure = location.protocol === "https:" ? "; secure" : "";
      document.cookie = `${COOKIE}=${next}; path=/; max-age=${YEAR_S}; samesite=lax${secure}`;
    });
  }
}
