// What a person did, written down before it is sent. The page and the service worker share it.
// An act stays until the cooperative answers, however old it gets; only an answer that bears
// our mark, for the person who made the act, counts as one. See docs/offline.md.

const NAME = "coopfarm-outbox", SCHEMA = 1;
const MARK = "Acted-As";
const TRY_AGAIN = new Set([408, 425, 429]);
const HOUR = 3_600_000;

/** How long to wait for what, in milliseconds. */
export const pace = {
  answer: 30_000, photo: 120_000, firstPause: 2_000, longestPause: 300_000,
  standing: 60_000, epoch: 6 * HOUR, kept: 60 * 24 * HOUR,
};

let opened;

function open() {
  return opened ??= new Promise((found, failed) => {
    const asked = indexedDB.open(NAME, SCHEMA);
    asked.onupgradeneeded = () => {
      const acts = asked.result.createObjectStore("acts", { keyPath: "no", autoIncrement: true });
      acts.createIndex("key", "key", { unique: true });
      acts.createIndex("state", ["who", "state"]);
      asked.result.createObjectStore("notes");
    };
    asked.onsuccess = () => {
      asked.result.onclose = () => { opened = undefined; };
      asked.result.onversionchange = () => { asked.result.close(); opened = undefined; };
      found(asked.result);
    };
    asked.onerror = () => { opened = undefined; failed(asked.error); };
  });
}

/** Do `work(store)` whole or not at all; the answer is what the request it gives found. */
async function within(name, mode, work, durability = "relaxed") {
  const store = await open();
  return new Promise((done, failed) => {
    const change = store.transaction(name, mode, { durability });
    const request = work(change.objectStore(name));
    change.oncomplete = () => done(request?.result);
    change.onabort = () => failed(change.error);
  });
}

const acts = (mode, work, durability) => within("acts", mode, work, durability);
const note = (name) => within("notes", "readonly", (notes) => notes.get(name));
const writeDown = (name, value) => within("notes", "readwrite", (notes) => notes.put(value, name));
const inState = (who, state) => acts("readonly", (all) => all.index("state").getAll([who, state]));

/** Show `work` each act of one person in one state, the oldest first, until it says false. */
function walk(all, who, state, work) {
  all.index("state").openCursor(IDBKeyRange.only([who, state])).onsuccess = ({ target }) => {
    const at = target.result;
    if (at && work(at.value, at) !== false) at.continue();
  };
}

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(NAME) : undefined;
const tell = () => channel?.postMessage("changed");

async function change(no, how) {
  let isThere = false;
  await acts("readwrite", (all) => {
    const found = all.get(no);
    found.onsuccess = () => {
      isThere = Boolean(found.result);
      if (isThere) all.put({ ...found.result, ...how });
    };
  });
  tell();
  return isThere;
}

/** A random UUID (version 4); `randomUUID` is there over https alone. */
function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = bytes[6] & 15 | 64;
  bytes[8] = bytes[8] & 63 | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

const made = (act) =>
  ({ ...act, key: newKey(), madeAt: Date.now(), state: act.after ? "held" : "waiting", tries: 0, nextAt: 0 });

/** Write an act down with its photos, which wait for it. The same act that waits already is enough. */
export async function add(act, photos = []) {
  const unsent = await Promise.all(["waiting", "sending", "sign-in"].map((state) => inState(act.who, state)));
  if (unsent.flat().some(({ url, body }) => url === act.url && body === act.body)) return;
  const first = made(act);
  const { who, label } = act;
  await acts("readwrite", (all) => {
    all.add(first);
    for (const photo of photos) all.add(made({ ...photo, who, label, after: first.key }));
  }, "strict");
  tell();
}

/** Everything of one person, in the order in which it was done. */
export async function list(who) {
  const states = IDBKeyRange.bound([who], [who, []]);
  const found = await acts("readonly", (all) => all.index("state").getAll(states));
  return found.sort((one, other) => one.no - other.no);
}

export const markSeen = (no) => change(no, { seen: true });

/** Take one act out, and the photos that wait for it. What is being sent is let come to its end first. */
export async function remove(act, isAlone) {
  const { no, who, key } = act;
  let isBusy;
  await acts("readwrite", (all) => {
    const found = all.get(no);
    found.onsuccess = () => {
      const state = found.result?.state;
      isBusy = state === "sending" && !isAlone;
      if (isBusy || state === "confirmed") return;
      all.delete(no);
      walk(all, who, "held", (photo, at) => { if (photo.after === key) at.delete(); });
    };
  });
  if (isBusy && navigator.locks) return navigator.locks.request(NAME, () => remove(act, true));
  tell();
}

/** Do what the cooperative offered in place of an act: what the offer names is changed. */
export async function takeInstead(act, offer) {
  const wish = JSON.parse(act.body);
  for (const name of Object.keys(wish)) if (name in offer) wish[name] = offer[name];
  const { who, url, isJson } = act;
  const next = made({ who, url, isJson, body: JSON.stringify(wish), label: offer.words });
  await acts("readwrite", (all) => {
    const old = all.get(act.no);
    old.onsuccess = () => {
      // Two tabs may show the same offers.
      if (old.result?.state !== "clash") return;
      all.delete(act.no);
      all.add(next);
      walk(all, who, "held", (photo, at) => {
        if (photo.after === act.key) at.update({ ...photo, after: next.key });
      });
    };
  }, "strict");
  tell();
}

/** Whose acts the worker sends while no page is open. */
export const signedIn = () => note("who");
export const rememberWho = (who) => writeDown("who", who);

/** The whole answer, or nothing when none came in time: whether it was done then is not known. */
async function ask(url, how, patience) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const answer = await fetch(url, { cache: "no-store", ...how, signal: stop.signal });
    return { answer, text: await answer.text() };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** Whether an answer is the cooperative's, and not of some gateway or login page on the way. */
const isOurs = (got, who) => got?.answer.headers.get(MARK) === who;

let standing;

/** Who is signed in, the token of forms, and which life the database is in. */
async function whereWeStand(who) {
  if (standing?.who === who && Date.now() - standing.at < pace.standing) return standing;
  const headers = { Accept: "application/json", "Acting-As": who };
  const got = await ask("/outbox/standing.json", { headers }, pace.answer);
  if (!isOurs(got, who)) return null;
  if (got.answer.status === 401) return { isOut: true };
  if (!got.answer.ok) return null;
  standing = { ...JSON.parse(got.text), at: Date.now() };
  await heedEpoch(who, standing.epoch);
  return standing;
}

/** A database restored from a backup may have lost what it confirmed: that is sent once more. */
async function heedEpoch(who, epoch) {
  const told = await note(`epoch ${who}`);
  if (told?.epoch === epoch && Date.now() - told.at < pace.epoch) return;
  await acts("readwrite", (all) => walk(all, who, "confirmed", (act, at) => {
    if (Date.now() - act.madeAt > pace.kept) at.delete();
    else if (act.epoch !== epoch) at.update({ ...act, state: "waiting", again: true, seen: false });
  }));
  await writeDown(`epoch ${who}`, { epoch, at: Date.now() });
  tell();
}

function letterOf(act, token) {
  const headers = { Accept: "application/json", "Acting-As": act.who, "Idempotency-Key": act.key };
  if (act.edition) headers["If-Match"] = `"${act.edition}"`;
  if (act.at) headers["Acted-At"] = new Date(act.at).toISOString();
  let body = act.body;
  if (act.photo) {
    body = new FormData();
    body.set("csrf_token", token);
    body.set(act.field, act.photo, "photo.jpg");
  } else if (act.isJson) headers["Content-Type"] = "application/json";
  else body = new URLSearchParams([...JSON.parse(body), ["csrf_token", token]]);
  return { method: "POST", headers, body };
}

/** What an answer says: JSON, or a page that was meant to be read, which a worker cannot read. */
function said(text) {
  try {
    return JSON.parse(text);
  } catch {
    const page = globalThis.DOMParser && new DOMParser().parseFromString(text, "text/html");
    return { title: page?.querySelector("main .error, main [role=alert]")?.textContent.trim() };
  }
}

/** What the answer makes of the act; nothing when it is nobody's answer, or not the last word. */
function verdict(act, got) {
  if (!isOurs(got, act.who)) return;
  const { answer, text } = got, { status } = answer;
  if (status >= 500 || TRY_AGAIN.has(status)) return;
  if (status === 401 || new URL(answer.url).pathname.startsWith("/sign-in")) return { state: "sign-in" };
  const { title, code, alternatives = [], id, state_in_words: became } = said(text);
  if (answer.ok) return { state: "confirmed", answer: { status, id, title: became } };
  // The token is asked for anew before the form is sent again.
  if (code === "form-too-old") return;
  const isClash = status === 409 || status === 412 || alternatives.length > 0;
  return { state: isClash ? "clash" : "refused", answer: { status, code, title, alternatives } };
}

async function settle(act, found, epoch) {
  await acts("readwrite", (all) => {
    const kept = all.get(act.no);
    kept.onsuccess = () => {
      if (!kept.result) return;
      all.put({ ...kept.result, ...found, epoch });
      if (found.state !== "confirmed") return;
      walk(all, act.who, "held", (photo, at) => {
        const url = photo.url.replace("{id}", found.answer.id);
        if (photo.after === act.key) at.update({ ...photo, url, state: "waiting" });
      });
    };
  });
  tell();
}

/** Send one act. Gives false when nobody can be reached, so that others need not try. */
async function send(act, stand) {
  if (!await change(act.no, { state: "sending", tries: act.tries + 1 })) return true;
  const pause = Math.min(pace.longestPause, pace.firstPause * 2 ** act.tries);
  const later = { state: "waiting", nextAt: Date.now() + pause * (0.75 + Math.random() / 2) };
  const got = await ask(act.url, letterOf(act, stand.csrf_token), act.photo ? pace.photo : pace.answer);
  const found = verdict(act, got);
  if (!found || found.state === "sign-in") standing = undefined;
  await settle(act, found ?? later, stand.epoch);
  return Boolean(got) && found?.state !== "sign-in";
}

/** The next act to be sent, but for those tried already. Clocks of phones are put back at times. */
async function nextOf(who, tried, isEager) {
  let next;
  const isDue = ({ nextAt }) => nextAt <= Date.now() || nextAt > Date.now() + 2 * pace.longestPause;
  await acts("readonly", (all) => walk(all, who, "waiting", (act) => {
    if (tried.has(act.no) || !(isEager || isDue(act))) return true;
    next = act;
    return false;
  }));
  return next;
}

const turn = (who, from, to) => acts("readwrite", (all) =>
  walk(all, who, from, (act, at) => { at.update({ ...act, state: to }); })).then(tell);

/** Whether it is time to ask if what was confirmed is still there. */
async function isToAsk(who) {
  const told = await note(`epoch ${who}`);
  return Date.now() - (told?.at ?? 0) > pace.epoch && (await inState(who, "confirmed")).length > 0;
}

async function round(who, isEager) {
  // Whoever holds the lock knows that nobody else sends: the page that did was closed.
  await turn(who, "sending", "waiting");
  if (isEager) await turn(who, "sign-in", "waiting");
  const tried = new Set();
  if (!await nextOf(who, tried, isEager) && !await isToAsk(who)) return;
  for (;;) {
    const stand = await whereWeStand(who);
    if (stand?.isOut) return turn(who, "waiting", "sign-in");
    const act = stand && await nextOf(who, tried, isEager);
    if (!act) return;
    tried.add(act.no);
    if (!await send(act, stand)) return;
  }
}

let running, again;

/**
 * Send what waits of one person; `isEager` does not heed the pauses. One tab at a time does,
 * and a wish that comes meanwhile has it look once more.
 */
export function flush(who, isEager = false) {
  if (running) {
    again = () => flush(who, isEager);
    return running;
  }
  const work = () => round(who, isEager);
  const sent = navigator.locks ? navigator.locks.request(NAME, work) : work();
  running = sent.finally(() => {
    const once = again;
    running = again = undefined;
    return once?.();
  });
  return running;
}

/** Whether something of this person waits for a signal. */
export const isWaiting = async (who) => (await inState(who, "waiting")).length > 0;
