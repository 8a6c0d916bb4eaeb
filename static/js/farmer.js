// What a page gains where scripts run: a countdown on the cooperative's clock, the age of
// what is shown, the look, and a sign that something is being sent. Every page is whole without it.

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const all = (selector) => document.querySelectorAll(selector);
const root = document.documentElement;

// A page that was kept (static/js/worker.js) says nothing about the clock; the last that came does.
const stamp = document.querySelector("[data-server-now]");
if (stamp && !("kept" in root.dataset)) localStorage.skew = Date.parse(stamp.dataset.serverNow) - Date.now();
const skew = Number(localStorage.skew) || 0;
const now = () => Date.now() + skew;

const number = (value) => new Intl.NumberFormat(root.lang).format(value);
const fill = (words, facts) => words.replace(/\{(\w)\}/g, (_, name) => facts[name]);

/** How long, in the words the server gave: days and hours when far, hours and minutes when near. */
function howLong(milliseconds, words) {
  const minutes = Math.max(0, Math.floor(milliseconds / MINUTE));
  const [d, h, m] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const pattern = d ? words.dH : h && m ? words.hM : h ? words.h : words.m;
  return fill(pattern, { d: number(d), h: number(h), m: number(m) });
}

function countDown(place) {
  const { starts, ends, before, during, after } = place.dataset;
  const toStart = Date.parse(starts) - now(), toEnd = Date.parse(ends) - now();
  const words = toStart > 0
    ? fill(before, { t: howLong(toStart, place.dataset) })
    : toEnd > 0 ? fill(during, { t: howLong(toEnd, place.dataset) }) : after;
  if (place.textContent !== words) place.textContent = words;
}

function tellAge(place) {
  const age = now() - Date.parse(place.dataset.asOf);
  place.classList.toggle("is-old", age > DAY && age <= 3 * DAY);
  place.classList.toggle("is-stale", age > 3 * DAY);
  place.querySelector("[data-old]").hidden = age <= DAY;
  place.querySelector("[data-clock-wrong]").hidden = Math.abs(skew) <= 5 * MINUTE;
}

function tellSignal(place) {
  const { on, off } = place.dataset;
  place.firstElementChild.textContent = navigator.onLine ? on : off;
  place.classList.toggle("is-off", !navigator.onLine);
  place.hidden = false;
}

function refresh() {
  all("[data-countdown]").forEach(countDown);
  all("[data-as-of]").forEach(tellAge);
  all("[data-online]").forEach(tellSignal);
}

function chooseTheme({ target }) {
  const age = target.value ? 31_536_000 : 0;
  document.cookie = `theme=${target.value}; path=/; max-age=${age}; samesite=lax`;
  if (target.value) root.dataset.theme = target.value;
  else delete root.dataset.theme;
  dispatchEvent(new Event("themechange"));
}

for (const place of all("[data-themes]")) {
  const choice = place.querySelector("select");
  choice.value = root.dataset.theme ?? "";
  choice.addEventListener("change", chooseTheme);
  place.hidden = false;
}

// Here static/js/worker.js leads whoever scanned a square without a signal.
const scanned = location.hash.match(/^#code=(.+)/), box = scanned && document.querySelector("[name=code]");
if (box) {
  box.value = scanned[1];
  box.closest(".field").hidden = true;
  box.closest("details")?.setAttribute("open", "");
}

addEventListener("submit", ({ submitter }) => submitter?.setAttribute("aria-busy", "true"));
addEventListener("pageshow", () => all("[aria-busy]").forEach((it) => it.removeAttribute("aria-busy")));
addEventListener("online", refresh);
addEventListener("offline", refresh);
document.addEventListener("visibilitychange", refresh);
setInterval(refresh, 10_000);
refresh();
