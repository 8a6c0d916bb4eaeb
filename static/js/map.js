// The map: GeoJSON from our own server on a canvas, coloured by the page's own colours.
//
// The element is the macro map_of of templates/macros/page.html; the page sets has_map.
//
// A feature's properties: `paint` (water, leaf, wheat, clay, night, mute, ink, step-1 … step-5), `filling` (full,
// hatch, light, none), `dash` (of the outline), `weight` (pixels), `name`, `says` (a line, or a list of lines),
// `url` with `url_name`, `label` (always shown), `radius` (pixels); a point with `arrow` shows where water flows, in degrees from north.

export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const of = (feature) => feature.properties ?? {};
const FULLNESS = { full: 0.75, hatch: 1, light: 0.15, none: 0 };

/** Slanting lines of a colour: what a canvas fills with, so that it is seen without colour too. */
function hatched(stroke) {
  const tile = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
  const pen = tile.getContext("2d");
  Object.assign(pen, { strokeStyle: stroke, lineWidth: 1.5 });
  for (const at of [-8, 0, 8]) {
    pen.moveTo(at, 8);
    pen.lineTo(at + 8, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

export function look(feature) {
  const { paint = "mute", filling, dash, weight } = of(feature);
  const isStep = paint.startsWith("step-");
  const isLine = feature.geometry.type.endsWith("LineString");
  const fill = colour(paint);
  return {
    color: colour(isStep ? "edge" : paint),
    weight: weight ?? (isLine ? 3 : 1.5),
    dashArray: dash ?? null,
    fillColor: filling === "hatch" ? hatched(fill) : fill,
    fillOpacity: isLine ? 0 : FULLNESS[filling] ?? (isStep ? 0.9 : 0.35),
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

const SVG = "http://www.w3.org/2000/svg";

/** An arrow head turned to where the water flows. */
export function arrowHead(degrees) {
  const box = document.createElement("div");
  const svg = box.appendChild(document.createElementNS(SVG, "svg"));
  const head = svg.appendChild(document.createElementNS(SVG, "path"));
  svg.setAttribute("class", "map-arrow");
  svg.setAttribute("viewBox", "-9 -9 18 18");
  head.setAttribute("d", "M0-7 6 6 0 3-6 6z");
  head.setAttribute("transform", `rotate(${degrees})`);
  return L.divIcon({ html: box, className: "", iconSize: [18, 18] });
}

function point(feature, at) {
  const { arrow, radius = 7 } = of(feature);
  if (arrow === undefined) return L.circleMarker(at, { radius });
  return L.marker(at, { icon: arrowHead(arrow), interactive: false, keyboard: false });
}

/** What a pointer is told on the way, and what a tap opens. */
function speak(feature, layer) {
  const { name, says = [], label } = of(feature);
  if (!name) return;
  const told = document.createElement("bdi");
  told.textContent = label ?? [name, [says].flat()[0]].filter(Boolean).join(": ");
  layer.bindTooltip(told, label ? { permanent: true, direction: "bottom", className: "map-label" } : { sticky: true });
  layer.bindPopup(() => popup(feature));
}

async function draw(place) {
  const { tiles, tilesCredit, zoomIn, zoomOut } = place.dataset;
  const map = L.map(place, { preferCanvas: true, zoomSnap: 0.25, attributionControl: Boolean(tiles), zoomControl: false });
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
    onEachFeature: speak,
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
