// What waits to be sent, on every page of a member: forms with `data-act` are written into the
// outbox, their states are shown, and the service worker is told what to keep of whom.

import { add, flush, list, markSeen, rememberWho, remove, takeInstead } from "./outbox.js";

const place = document.querySelector("[data-outbox]");
const { who, zone, sure, keep } = place.dataset;
const { lang } = document.documentElement;
const EVERY = 60_000, LOOKED_AT = 4_000;
const cards = new Map(), made = new Set();
const find = (within, selector) => within.querySelector(selector);
const time = new Intl.DateTimeFormat(lang, {
  weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
  hourCycle: "h23", timeZone: zone,
});

/* What is sent. */

const left = new Set(["csrf_token", "idempotency_key"]);
const kinds = {
  number: ([value]) => Number(value.replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt(0) & 15).replace(/[٫,]/, ".")),
  list: (values) => values,
  "yes-no": () => true,
};

function asJson(form, entries) {
  const sent = {};
  for (const name of new Set(entries.map(([name]) => name))) {
    const values = entries.filter(([other, value]) => other === name && value !== "").map(([, value]) => value);
    const kind = find(form, `[name="${name}"][data-json]`)?.dataset.json;
    if (values.length) sent[name] = kinds[kind]?.(values) ?? values[0];
  }
  return JSON.stringify(sent);
}

/** `{starts_at}` in a label stands for what the person chose there, in words. */
function labelOf(form, submitter) {
  const chosen = (name) => {
    const field = find(form, `[name="${name}"]:checked, select[name="${name}"], [name="${name}"]`);
    return (field?.selectedOptions?.[0] ?? field?.labels?.[0])?.textContent.trim() ?? field?.value ?? "";
  };
  const words = form.dataset.label ?? submitter?.textContent.trim() ?? document.title;
  return words.replace(/\{(\w+)\}/g, (_, name) => chosen(name));
}

async function photosOf(form) {
  const photos = [];
  for (const { name, files: [file], dataset } of form.querySelectorAll("input[type=file]")) {
    if (!file) continue;
    if (!dataset.photo) throw new Error(`nobody takes the file ${name} by itself`);
    const { shrink } = await import("./photo.js");
    photos.push({ url: dataset.photo, field: name, photo: await shrink(file) });
  }
  return photos;
}

async function keepForm(form, submitter) {
  const entries = [...new FormData(form)].filter(([name, value]) => !left.has(name) && typeof value === "string");
  if (submitter?.name) entries.push([submitter.name, submitter.value]);
  const { api, edition } = form.dataset;
  await add({
    who, edition, isJson: Boolean(api), at: Date.now() + (Number(localStorage.skew) || 0),
    url: api ?? submitter?.getAttribute("formaction") ?? form.getAttribute("action"),
    body: api ? asJson(form, entries) : JSON.stringify(entries),
    label: labelOf(form, submitter), next: form.dataset.next,
  }, await photosOf(form));
}

async function onSubmit(event) {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || !form.matches("form[data-act]")) return;
  event.preventDefault();
  if (form.inert) return;
  form.inert = true;
  try {
    await keepForm(form, submitter);
  } catch {
    // No room, no store, or no picture: as if there were no script.
    if (submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
    return HTMLFormElement.prototype.submit.call(form);
  }
  form.reset();
  submitter?.removeAttribute("aria-busy");
  setTimeout(() => { form.inert = false; }, 1000);
  navigator.storage?.persist?.();
  navigator.serviceWorker?.ready.then(({ sync }) => sync?.register("outbox")).catch(() => {});
  await draw();
  place.scrollIntoView({ block: "nearest" });
  flush(who, true);
}

/* What is shown. */

function fillWays(card, act) {
  const ways = find(card, "[data-ways]");
  ways.replaceChildren(...(act.state === "clash" ? act.answer.alternatives : []).map((offer) => {
    const way = document.createElement(offer.url ? "a" : "button");
    way.className = "button";
    way.textContent = offer.words ?? offer.label;
    if (offer.url) way.href = offer.url;
    else way.addEventListener("click", () => takeInstead(act, offer).then(() => flush(who, true)));
    return way;
  }));
  ways.hidden = !ways.children.length;
}

function fill(card, act) {
  for (const state of card.querySelectorAll("[data-state]")) {
    state.hidden = !state.dataset.state.split(" ").includes(act.state);
  }
  find(card, "[data-label]").textContent = act.label;
  find(card, "[data-made]").textContent = time.format(act.madeAt);
  const reason = find(card, "[data-reason]");
  reason.textContent = act.answer?.title ?? "";
  reason.hidden = !reason.textContent;
  find(card, "[data-again]").hidden = !act.again;
  find(card, "[data-photo-of]").hidden = !act.photo;
  fillWays(card, act);
  card.dataset.is = act.state;
  find(card, "[data-drop]").hidden = act.state === "sending";
  find(card, "[data-drop]").onclick = () => {
    const isSettled = !["waiting", "sign-in", "held"].includes(act.state);
    if (act.state === "confirmed") markSeen(act.no);
    else if (isSettled || confirm(sure)) remove(act);
  };
}

function cardOf(act) {
  const known = cards.get(act.no);
  const card = known?.card ?? find(place, "template").content.firstElementChild.cloneNode(true);
  const told = JSON.stringify({ ...act, tries: 0, nextAt: 0 });
  if (known?.told !== told) fill(card, act);
  cards.set(act.no, { card, told });
  return card;
}

/** What was confirmed is shown until it has been looked at; the page of everything shows it on. */
function lookedAt(act) {
  if (act.state !== "confirmed" || act.seen || made.has(act.no)) return;
  made.add(act.no);
  setTimeout(() => { if (!document.hidden) markSeen(act.no); else made.delete(act.no); }, LOOKED_AT);
}

const isDirty = () => [...document.forms].some((form) => [...form.elements].some((it) =>
  !["hidden", "submit", "button"].includes(it.type) && (it.options
    ? [...it.options].some((option) => option.selected !== option.defaultSelected) && it.selectedIndex > 0
    : it.value !== it.defaultValue || it.checked !== it.defaultChecked)));

let unsent = new Set();

async function draw() {
  const every = await list(who);
  const shown = every.filter((act) => act.state !== "confirmed" || !act.seen || made.has(act.no) || place.dataset.all);
  const waits = every.filter((act) => act.state !== "confirmed");
  find(place, "[data-count]").textContent = new Intl.NumberFormat(lang).format(waits.length);
  const wanted = shown.map(cardOf), here = find(place, "[data-acts]");
  if (wanted.some((card, at) => here.children[at] !== card) || here.children.length !== wanted.length) {
    here.replaceChildren(...wanted);
  }
  place.hidden = !shown.length && !place.dataset.all;
  for (const it of place.querySelectorAll("[data-if-waiting]")) it.hidden = !waits.length;
  shown.forEach(lookedAt);
  const next = every.find((act) => act.state === "confirmed" && unsent.has(act.no) && act.next)?.next;
  unsent = new Set(waits.map(({ no }) => no));
  if (next && !isDirty()) location.assign(next);
}

async function asText() {
  const lines = (await list(who)).filter(({ state, photo }) => state !== "confirmed" && !photo)
    .map(({ label, madeAt, url, body }) => `${label}\n${time.format(madeAt)}\n${url} ${body}`);
  const text = lines.join("\n\n");
  const area = find(place, "textarea");
  area.value = text;
  area.hidden = false;
  area.select();
  if (navigator.share) return navigator.share({ text }).catch(() => {});
  return navigator.clipboard?.writeText(text).catch(() => {});
}

/* The worker. */

async function startWorker() {
  const worker = await navigator.serviceWorker.register("/sw.js", { type: "module", updateViaCache: "all" });
  const update = find(place.parentNode, "[data-update]");
  const offer = () => {
    if (!worker.waiting) return;
    if (isDirty()) update.hidden = false;
    else worker.waiting.postMessage({ do: "activate" });
  };
  worker.addEventListener("updatefound", () => worker.installing.addEventListener("statechange", offer));
  find(update, "button").addEventListener("click", () => {
    worker.waiting?.postMessage({ do: "activate" });
    update.hidden = true;
  });
  offer();
  const { active } = await navigator.serviceWorker.ready;
  const links = [...document.querySelectorAll("a[data-keep]")].map((link) => link.getAttribute("href"));
  active.postMessage({ do: "keep", who, lang, keep: [...keep.split(" "), ...links] });
}

const send = () => flush(who, true);
addEventListener("submit", onSubmit);
addEventListener("online", send);
document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
setInterval(() => flush(who), EVERY);
if ("BroadcastChannel" in globalThis) new BroadcastChannel("coopfarm-outbox").addEventListener("message", draw);
find(place, "[data-copy]").addEventListener("click", asText);
find(place, "[data-send]").addEventListener("click", send);
navigator.storage?.persisted?.().then((isSafe) => { find(place, "[data-at-risk]").hidden = isSafe; });
rememberWho(who).then(draw).then(send);
const whenIdle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 1000));
if (navigator.serviceWorker) addEventListener("load", () => whenIdle(() => startWorker().catch(() => {})));
