// The map: GeoJSON from our own server on a canvas, coloured by the page's own colours.
//
// The element is the macro map_of of templates/macros/page.html; the page sets has_map.
//
// A feature's properties: `paint` (water, leaf, wheat, clay, night, mute, step-1 … step-5), `name`,
// `says` (a line, or a list of lines), `url` with `url_name`, `weight` (pixels, for canals).

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const of = (feature) => feature.properties ?? {};

function look(feature) {
  const { paint = "mute", weight } = of(feature);
  const isStep = paint.startsWith("step-");
  const isLine = feature.geometry.type.endsWith("LineString");
  return {
    color: colour(isStep ? "edge" : paint),
    weight: weight ?? (isLine ? 3 : 1.5),
    fillColor: colour(paint),
    fillOpacity: isLine ? 0 : isStep ? 0.9 : 0.35,
    fill: !isLine,
  };
}

/** What a tap opens: the name, its lines, and where to read more. Built as text, never as HTML. */
function popup(feature) {
  const { name, says = [], url, url_name: words } = of(feature);
  const box = document.createElement("div");
  const add = (tag, text, into) => {
    const part = into.appendChild(document.createElement(tag));
    part.textContent = text;
    return part;
  };
  const line = (tag, text) => add("bdi", text, add(tag, "", add("div", "", box)));
  if (name) line("strong", name);
  for (const text of [says].flat()) line("span", text);
  if (url) add("a", words ?? name, box).href = url;
  return box;
}

function point(feature, at) {
  return L.circleMarker(at, { radius: 7 });
}

async function draw(place) {
  const { tiles, tilesCredit, zoomIn, zoomOut } = place.dataset;
  const map = L.map(place, { preferCanvas: true, attributionControl: Boolean(tiles), zoomControl: false });
  map.attributionControl?.setPrefix(false);
  map.setView([0, 0], 1);
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  map.on("popupopen", ({ popup: { _closeButton: button } }) => button?.setAttribute("aria-label", place.dataset.close));
  if (tiles) L.tileLayer(tiles, { attribution: tilesCredit, maxZoom: 19 }).addTo(map);
  const answer = await fetch(place.dataset.map, { headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const features = L.geoJSON(await answer.json(), {
    style: look,
    pointToLayer: point,
    onEachFeature: (feature, layer) => layer.bindPopup(() => popup(feature)),
  }).addTo(map);
  const bounds = features.getBounds();
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [16, 16], animate: false });
  const repaint = () => features.setStyle(look);
  addEventListener("themechange", repaint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
}

for (const place of document.querySelectorAll("[data-map]")) {
  draw(place).catch(() => {
    place.setAttribute("role", "alert");
    place.textContent = place.dataset.failed ?? "";
  });
}
