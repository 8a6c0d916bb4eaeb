// The operator's base map, under whatever else a map of ours shows. Loaded only where there is one.

const told = document.querySelector('meta[name="base-map"]');
const { theme } = document.documentElement.dataset;
const isDark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
const text = (said) => Object.assign(document.createElement("bdi"), { textContent: said }).outerHTML;

L.Map.addInitHook(function () {
  if (!this.attributionControl) {
    this.attributionControl = L.control.attribution().addTo(this);
  }
  this.attributionControl.setPrefix(false);
  protomapsL.leafletLayer({
    url: told.content,
    maxDataZoom: Number(told.dataset.maxZoom),
    flavor: isDark ? "dark" : "light",
    lang: document.documentElement.lang.split("-")[0],
    attribution: text(told.dataset.credit),
    maxZoom: 22,
  }).addTo(this);
});
