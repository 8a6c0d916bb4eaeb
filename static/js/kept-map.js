// Part of the service worker: the officer's map where there is no signal, as far as it was kept
// (static/js/keep-map.js). It is gone with the sign-out.

// Where somebody else, or the same person elsewhere, may begin.
const ENDS = ["/sign-out", "/sign-in", "/account/cooperatives"];

const caught = async (url) => {
  for (const name of (await caches.keys()).reverse()) {
    const found = await (await caches.open(name)).match(url, { ignoreVary: true });
    if (found) return found;
  }
};

const forgetMaps = async () => {
  for (const name of await caches.keys()) if (name.startsWith("map-")) await caches.delete(name);
};

/** What a browser's cache refuses to keep, an answer in parts, is cut from the whole. */
async function part(whole, range) {
  if (!range) return whole;
  const body = await whole.blob(), [, first, last] = range.match(/(\d+)-(\d*)/);
  const end = Math.min(last ? Number(last) : body.size, body.size - 1);
  const headers = { "Content-Range": `bytes ${first}-${end}/${body.size}`, ETag: whole.headers.get("ETag") };
  return new Response(body.slice(Number(first), end + 1), { status: 206, headers });
}

async function freshOrKept(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const whole = await caught(request.url) ?? (request.mode === "navigate" ? await caught("/offline") : null);
    if (!whole) throw error;
    return part(whole, request.headers.get("Range"));
  }
}

addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (ENDS.includes(pathname)) event.waitUntil(forgetMaps());
  else if (request.method === "GET" && /^\/(map|static)\//.test(pathname) && !self.SHELL.includes(pathname)) {
    event.stopImmediatePropagation();
    event.respondWith(freshOrKept(request));
  }
});
