// The service worker: the shell at hand, a member's own pages, what waits sent while no page is
// open. The server writes VERSION and SHELL above this; see coopfarm/web/offline.py.

import "/static/js/kept-map.js";
import { flush, isWaiting, rememberWho, signedIn } from "/static/js/outbox.js";

const PATIENCE = 3_000, A_DAY = 86_400_000, MOST_PAGES = 20;
const shell = `shell-${VERSION}`, pages = (who) => `pages-${who}`;
const OFFLINE = "/offline";
/** Pages differ by cookie; here each person has their own place. */
const kept = async (name, url) => (await caches.open(name)).match(url, { ignoreVary: true });

const dropCaches = async (isOld) => {
  for (const name of await caches.keys()) if (isOld(name)) await caches.delete(name);
};
const isOfPages = (name) => name.startsWith("pages-");

/** The page for where there is no signal says nothing of anybody, so it is asked for as by nobody. */
async function keepOffline(lang) {
  const headers = lang ? { "Accept-Language": lang } : {};
  const page = await fetch(OFFLINE, { credentials: "omit", cache: "no-cache", headers });
  if (!page.ok) throw new Error("the shell is not whole");
  await put(await caches.open(shell), OFFLINE, page, lang);
}

async function fillShell() {
  const cache = await caches.open(shell);
  // Another's copy in the browser's own cache may be of the version before.
  await cache.addAll(SHELL.map((url) => new Request(url, { cache: "no-cache" })));
  await keepOffline();
}

/** Keep a page, marked as kept: it says so itself when it is shown. */
async function put(cache, url, answer, lang = "") {
  const text = await answer.text();
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  headers.set("Kept-At", String(Date.now()));
  headers.set("Kept-Lang", lang);
  await cache.put(url, new Response(text.replace("<html", "<html data-kept"), { headers }));
}

const isPage = (answer) =>
  answer.ok && !answer.redirected && answer.headers.get("Content-Type")?.startsWith("text/html");

const langOf = (text) => text.match(/<html lang="([^"]+)"/)?.[1];

/** A page that somebody can act on is at hand from then on, of the latest so many. */
async function keepVisited(cache, url, answer, lang) {
  const visited = await cache.keys();
  if (visited.length >= MOST_PAGES) await cache.delete(visited.find(({ url }) => new URL(url).search) ?? visited[0]);
  await put(cache, url, answer, lang);
}

/** A page that came fresh takes the place of the one kept; the door forgets everybody's. */
async function renew(url, answer) {
  if (!isPage(answer)) return;
  if (new URL(url).pathname === "/sign-in") return forget();
  const text = await answer.clone().text();
  const who = text.match(/data-who="([^"]+)"/)?.[1];
  // What was just done is said on one page, once.
  if (!who || text.includes("data-passing")) return;
  await dropCaches((name) => isOfPages(name) && name !== pages(who));
  const cache = await caches.open(pages(who));
  if (await kept(pages(who), url)) await put(cache, url, answer, langOf(text));
  else if (text.includes("data-act=")) await keepVisited(cache, url, answer, langOf(text));
}

async function forget() {
  await rememberWho("");
  await dropCaches(isOfPages);
}

async function keptPage(url) {
  const name = (await caches.keys()).find(isOfPages);
  return name && kept(name, url);
}

const after = (pause) => new Promise((_, tooLate) => { setTimeout(tooLate, pause); });

async function page(event) {
  const { url } = event.request;
  const copy = await keptPage(url);
  const fresh = fetch(event.request);
  event.waitUntil(fresh.then((answer) => renew(url, answer.clone())).catch(() => {}));
  try {
    const answer = await (copy ? Promise.race([fresh, after(PATIENCE)]) : fresh);
    return copy && answer.status >= 500 ? copy : answer;
  } catch {
    // A square was scanned.
    const [party, code] = url.split("/here/");
    return copy ?? (code ? Response.redirect(`${party}#code=${code}`) : await kept(shell, OFFLINE));
  }
}

const fromShell = async (request) => await kept(shell, request.url) ?? fetch(request);

/** Fetch what a member is to have at hand, once a day, as that member or not at all. */
async function keepPages({ who, lang, keep }) {
  await dropCaches((name) => isOfPages(name) && name !== pages(who));
  const cache = await caches.open(pages(who));
  for (const url of keep) {
    const told = (await kept(pages(who), url))?.headers;
    if (told?.get("Kept-Lang") === lang && Date.now() - told.get("Kept-At") < A_DAY) continue;
    const answer = await fetch(url, { cache: "no-store", headers: { "Acting-As": who } });
    if (isPage(answer) && answer.headers.get("Acted-As") === who) await put(cache, url, answer, lang);
  }
  const offline = await kept(shell, OFFLINE);
  if (offline?.headers.get("Kept-Lang") !== lang) await keepOffline(lang);
}

async function sendWaiting() {
  // A page that is looked at sends by itself.
  const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
  if (open.some(({ visibilityState }) => visibilityState === "visible")) return;
  const who = await signedIn();
  if (!who) return;
  await flush(who, true);
  // The browser then tries again by itself.
  if (await isWaiting(who)) throw new Error("no signal yet");
}

addEventListener("install", (event) => event.waitUntil(fillShell()));
addEventListener("activate", (event) => event.waitUntil(
  dropCaches((name) => name.startsWith("shell-") && name !== shell),
));
addEventListener("message", (event) => {
  if (event.data.do === "activate") skipWaiting();
  else event.waitUntil(keepPages(event.data).catch(() => {}));
});
addEventListener("sync", (event) => event.waitUntil(sendWaiting()));
addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method !== "GET") {
    if (pathname === "/sign-out") event.waitUntil(forget());
  } else if (SHELL.includes(pathname)) event.respondWith(fromShell(request));
  else if (request.mode === "navigate") event.respondWith(page(event));
});
