// The form of a machine: its work rate as it is typed, and its base by a tap on the map.
//
// The form has data-machine; the fields data-rate-width, -speed, -efficiency fill the output data-rate;
// the element data-base is the map, and the two fields data-lat and data-lon are the truth.

import { look } from "./map.js";

const DECIMALS = 6;
const plain = (text) => text.replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt(0) & 15).replace(/[٫,]/, ".").trim();
const read = (field) => (field.value.trim() ? Number(plain(field.value)) : NaN);

/** Speed × width × efficiency ÷ 10, in hectares an hour. */
function tellRate(form) {
  const [width, speed, percent] = ["width", "speed", "efficiency"].map((name) => form.querySelector(`[data-rate-${name}] input`));
  const told = form.querySelector("[data-rate]");
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });
  const show = () => {
    const rate = (read(width) * read(speed) * (read(percent) / 100)) / 10;
    told.textContent = Number.isFinite(rate) && rate > 0 ? number.format(rate) : "–";
  };
  for (const field of [width, speed, percent]) field.addEventListener("input", show);
  show();
}

async function chooseBase(form, place) {
  const [lat, lon] = ["lat", "lon"].map((name) => form.querySelector(`[data-${name}] input`));
  const { zoomIn, zoomOut, base } = place.dataset;
  place.hidden = false;
  const map = L.map(place, { preferCanvas: true, attributionControl: false, zoomControl: false });
  map.setView([0, 0], 1);
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  const mark = L.circleMarker([0, 0], { radius: 9, weight: 4, interactive: false });
  const show = () => {
    const spot = [read(lat), read(lon)];
    if (spot.every(Number.isFinite)) mark.setLatLng(spot).addTo(map);
    else mark.remove();
  };
  map.on("click", ({ latlng }) => {
    const there = latlng.wrap();
    lat.value = there.lat.toFixed(DECIMALS);
    lon.value = there.lng.toFixed(DECIMALS);
    show();
  });
  for (const field of [lat, lon]) field.addEventListener("input", show);
  const answer = await fetch(base, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const land = L.geoJSON(await answer.json(), {
    style: (feature) => ({ ...look(feature), interactive: false }),
    pointToLayer: (_, where) => L.circleMarker(where, { radius: 5, interactive: false }),
  }).addTo(map);
  if (land.getBounds().isValid()) map.fitBounds(land.getBounds(), { animate: false });
  show();
  if (map.hasLayer(mark)) map.setView(mark.getLatLng(), 16, { animate: false });
}

for (const form of document.querySelectorAll("[data-machine]")) {
  tellRate(form);
  const place = form.querySelector("[data-base]");
  if (place) chooseBase(form, place).catch(() => (place.hidden = true));
}
