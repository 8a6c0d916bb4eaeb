// A button that keeps the area a map shows, with the lists of that day, for where there is no signal.
//
// The button has data-keep-map (whose it is), data-done and data-too-much (words); static/js/kept-map.js gives it back.

const MOST_BYTES = 10_000_000, DEEPER = 3, MOST_TILES = 400;
const button = document.querySelector("[data-keep-map]");
const told = button?.parentElement.querySelector("output");
const maps = [];
L.Map.addInitHook(function () { maps.push(this); });

const tileOf = ({ lat, lng }, z) => {
  // EPSG:3857, as tiles are cut.
  const across = 2 ** z, slope = Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI;
  return [Math.floor(((lng + 180) / 360) * across), Math.floor(((1 - slope) / 2) * across)];
};

/** The addresses of the tiles of what is shown, as deep as there may be so many. */
function tilesShown(map, template, query) {
  const found = [], bounds = map.getBounds(), from = Math.max(0, Math.floor(map.getZoom()) - 1);
  for (let z = from; z <= from + DEEPER; z++) {
    const [west, north] = tileOf(bounds.getNorthWest(), z), [east, south] = tileOf(bounds.getSouthEast(), z);
    if (found.length + (east - west + 1) * (south - north + 1) > MOST_TILES) break;
    for (let x = west; x <= east; x++) {
      for (let y = north; y <= south; y++) found.push(`${L.Util.template(template, { z, x, y })}?${query}`);
    }
  }
  return found;
}

function addresses(map) {
  const place = map.getContainer(), { day, pest } = place.closest("form").elements;
  const query = new URLSearchParams({ day: day.value, pest: pest.value }).toString();
  const parts = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.href || one.src);
  const lists = [...document.querySelectorAll("[data-lists] a")].map(({ href }) => href.split("#")[0]);
  const base = document.querySelector('meta[name="base-map"]')?.content;
  return [location.pathname, location.href.split("#")[0], ...lists, ...parts, "/static/icons.svg",
    ...tilesShown(map, place.dataset.tiles, query), ...(base ? [base] : [])];
}

/** An answer to keep; a page says of itself that it was kept. */
async function marked(answer) {
  const body = await answer.blob(), headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  if (!body.type.startsWith("text/html")) return [body.size, new Response(body, { headers })];
  return [body.size, new Response((await body.text()).replace("<html", "<html data-kept"), { headers })];
}

async function keep(map) {
  await navigator.serviceWorker.register("/sw.js", { type: "module", updateViaCache: "all" });
  for (const name of await caches.keys()) if (name.startsWith("map-")) await caches.delete(name);
  const cache = await caches.open(`map-${button.dataset.keepMap}`);
  let bytes = 0, isWhole = true;
  for (const url of new Set(addresses(map))) {
    const answer = await fetch(url);
    const size = Number(answer.headers.get("Content-Length"));
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    if (bytes + size > MOST_BYTES) {
      isWhole = false;
      await answer.body.cancel();
      continue;
    }
    const [length, whole] = await marked(answer);
    bytes += length;
    await cache.put(url, whole);
  }
  return isWhole;
}

if (button && "serviceWorker" in navigator && "caches" in window) {
  button.parentElement.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    const { done, tooMuch, failed } = button.dataset;
    told.textContent = await keep(maps[0]).then((isWhole) => (isWhole ? done : tooMuch), () => failed);
    button.disabled = false;
  });
}
