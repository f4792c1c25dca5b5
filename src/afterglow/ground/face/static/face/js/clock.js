// What the server's clock says now.  The page was made at data-now; of the ways to count on from there the latest wins, so that a
// tablet that slept or whose clock was turned back makes a number look older, never younger.
import { lastServerTime } from "./live.js";

const made = Date.parse(document.body?.dataset.now || "") || Date.now();
const madeWall = Date.now();
const madeMono = performance.now();

export function serverNow() {
  return Math.max(made + (Date.now() - madeWall), made + (performance.now() - madeMono), lastServerTime());
}

export function agoWords(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 3) return "now";
  if (s < 60) return `${s} s ago`;
  if (s < 7200) return `${Math.floor(s / 60)} min ago`;
  return `${Math.floor(s / 3600)} h ago`;
}

export const hhmm = (ms, zone) => new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone || undefined }).format(ms);
