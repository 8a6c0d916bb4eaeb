// What the pages of an import gain where scripts run: a file may be dropped anywhere on its form,
// and a small map draws the file over the land that is there. Every page is whole without it.
//
// The map is the macro import_map of templates/land/import_parts.html. Its GeoJSON has `state`
// (problem, repair, new, changed, renamed, same, before, land, canal, system), `name`, and `place`:
// the id of the row that says the same. A link to that row, or tapping the row's choice, shows it.

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// Paint, width of the outline, how full, dashes: states are told apart without colour too.
const LOOKS = {
  land: ["mute", 0.75, 0.08],
  canal: ["water", 1.5, 0],
  same: ["mute", 1.5, 0.15],
  new: ["leaf", 1.5, 0.3],
  changed: ["water", 2, 0.25],
  renamed: ["water", 2, 0.25, "8 3"],
  repair: ["wheat", 2, 0.35, "6 3"],
  problem: ["clay", 3, 0.35],
  before: ["ink", 1.5, 0, "3 4"],
  system: ["clay", 2, 0.25],
};
const CHOSEN = 5;

function look({ properties: { state }, geometry }, isChosen) {
  const [paint, weight, fullness, dash] = LOOKS[state] ?? LOOKS.same;
  const isLine = geometry.type.endsWith("LineString");
  return {
    color: colour(paint),
    weight: isChosen ? CHOSEN : weight,
    dashArray: dash ?? null,
    fill: !isLine && fullness > 0,
    fillOpacity: isChosen ? fullness + 0.25 : fullness,
    interactive: state !== "land" && state !== "canal" && state !== "before",
  };
}

/** The row of the page that says the same as a shape; none where another page has it. */
const rowOf = (place) => place && document.getElementById(place);

/** What a tap opens: the cells of the row, else the name and what becomes of it. As text, never as HTML. */
function told(words, { properties: { name, state, place } }) {
  const box = document.createElement("div");
  const line = (text, tag = "div") => {
    const part = box.appendChild(document.createElement(tag)).appendChild(document.createElement("bdi"));
    part.textContent = text;
  };
  line(name ?? "", "strong");
  if (words[state]) line(words[state]);
  const cells = rowOf(place)?.querySelectorAll("li");
  for (const cell of cells ?? []) line(cell.textContent.replace(/\s+/g, " "));
  return box;
}

/** A map in a box, with buttons in the page's words. */
function mapIn(box) {
  const map = L.map(box, { preferCanvas: true, zoomSnap: 0.25, attributionControl: false, zoomControl: false });
  map.setView([0, 0], 1);
  L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
  map.on("popupopen", ({ popup: { _closeButton: button } }) => button?.setAttribute("aria-label", box.dataset.close));
  return map;
}

async function draw(box) {
  const map = mapIn(box);
  const answer = await fetch(box.dataset.importMap, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const layerOf = new Map();
  let chosen = null;

  const shapes = L.geoJSON(await answer.json(), {
    style: (feature) => look(feature, false),
    pointToLayer: (feature, at) => L.circleMarker(at, { radius: 6 }),
    onEachFeature(feature, layer) {
      const { place, state, name } = feature.properties;
      if (!place || state === "before") return;
      layerOf.set(place, layer);
      if (state === "system") layer.bindTooltip(name, { permanent: true, direction: "bottom", className: "map-label" });
      else layer.bindPopup(() => told(box.dataset, feature));
      layer.on("click", () => choose(place, { moves: false }));
    },
  }).addTo(map);

  /** Mark a shape, and go to it; a system's box is also chosen in its form. */
  function choose(place, { moves = true } = {}) {
    const layer = layerOf.get(place);
    if (!layer) return false;
    const before = chosen;
    chosen = layer;
    if (before) before.setStyle(look(before.feature, false));
    layer.setStyle(look(layer.feature, true)).bringToFront?.();
    const choice = document.querySelector(`[data-shows="${CSS.escape(place)}"]`);
    if (choice) choice.checked = true;
    if (!moves) return true;
    const bounds = layer.getBounds?.() ?? layer.getLatLng().toBounds(200);
    map.fitBounds(choice ? bounds.pad(1) : bounds.pad(0.75), { maxZoom: 18, animate: false });
    if (layer.getPopup()) layer.openPopup();
    return true;
  }

  const mine = L.featureGroup(shapes.getLayers().filter(({ feature }) => layerOf.has(feature.properties.place)));
  const seen = mine.getBounds().isValid() ? mine.getBounds() : shapes.getBounds();
  if (seen.isValid()) map.fitBounds(seen, { padding: [16, 16], animate: false });
  const first = document.querySelector("[data-shows]:checked");
  if (first) choose(first.dataset.shows);
  if (location.hash) choose(location.hash.slice(1));

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.spot");
    if (!link || !choose(link.hash.slice(1))) return;
    event.preventDefault();
    history.replaceState(null, "", link.hash);
    box.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("change", ({ target }) => target.dataset.shows && choose(target.dataset.shows));
  const repaint = () => shapes.setStyle((feature) => look(feature, chosen?.feature === feature));
  addEventListener("themechange", repaint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
}

for (const box of document.querySelectorAll("[data-import-map]")) {
  draw(box).catch(() => {
    box.setAttribute("role", "alert");
    box.textContent = box.dataset.failed;
  });
}

for (const place of document.querySelectorAll("[data-drop]")) {
  const input = place.querySelector("input[type=file]");
  const mark = (isOver) => place.classList.toggle("is-over", isOver);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && mark(false));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}
