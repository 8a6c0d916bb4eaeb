// Where the phone stands, in a form that has data-where: asked only once somebody taps.
const place = document.querySelector("[data-where]"), { form } = place.querySelector("button");
const said = place.querySelector("output");
const write = (...values) => ["longitude_deg", "latitude_deg", "accuracy_m"].forEach((name, at) => { form.elements[name].value = values[at] ?? ""; });

place.hidden = !navigator.geolocation;
place.querySelector("button").addEventListener("click", () => {
  said.textContent = "…";
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    write(coords.longitude, coords.latitude, Math.round(coords.accuracy));
    const metres = new Intl.NumberFormat(document.documentElement.lang).format(Math.round(coords.accuracy));
    said.textContent = said.dataset.found.replace("{m}", metres);
  }, () => { said.textContent = said.dataset.failed; }, { enableHighAccuracy: true, timeout: 20_000, maximumAge: 60_000 });
});
form.addEventListener("reset", () => { write(); said.textContent = ""; });
