// Drawing on the map. The list of points in the form is the truth: the map shows it and writes to it.
//
// The form has data-drawing (canals, outlets, nakkas, areas), the words it says in data-said-…, the map within it data-draw,
// and the rows of points data-rows, made of the template data-row. What would snap is asked of the server.
// An area is closed, snaps to nothing, and is written as GeoJSON into the field that data-area stands on.

import { arrowHead, colour, look } from "./map.js";

const DECIMALS = 7;
const NORTH = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const STEP_PX = 4;
const LEAST_ARROW_PX = 48;
const APART_PX = 34; // so that a finger finds one handle: those between show when one comes closer
const WAIT_MS = 300;

const plain = (text) => text.replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt(0) & 15).replace("٫", ".").trim();
const degrees = (value) => String(Number(value.toFixed(DECIMALS)));
const at = ([lon, lat]) => L.latLng(lat, lon);
const point = ({ lat, lng }) => [Number(lng.toFixed(DECIMALS)), Number(lat.toFixed(DECIMALS))];

class Drawing {
  constructor(form) {
    this.form = form;
    this.kind = form.dataset.drawing;
    this.place = form.querySelector("[data-draw]");
    this.rows = form.querySelector("[data-rows]");
    this.template = form.querySelector("template[data-row]");
    this.status = form.querySelector("[data-said]");
    this.number = new Intl.NumberFormat(document.documentElement.lang);
    this.before = [];
    this.area = form.querySelector("[data-area] textarea");
    this.points = this.area ? this.readArea() : this.readRows();
    this.isAdding = false;
    this.moves = [];
  }

  async start() {
    const { zoomIn, zoomOut, draw } = this.place.dataset;
    for (const part of this.form.querySelectorAll("[data-draw], [data-tools], [data-list]")) part.hidden = false;
    if (this.area) this.writeRows();
    this.map = L.map(this.place, { preferCanvas: true, zoomSnap: 0.25, attributionControl: false, zoomControl: false });
    this.map.setView([0, 0], 1);
    L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(this.map);
    this.ink = L.layerGroup().addTo(this.map);
    this.listen();
    const answer = await fetch(draw, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const around = this.surroundings(await answer.json()).addTo(this.map);
    const own = this.points.length ? L.latLngBounds(this.points.map(at)) : around.getBounds();
    if (own.isValid()) this.map.fitBounds(own.pad(this.points.length ? 0.2 : 0.05), { animate: false, maxZoom: 18 });
    if (this.points.length === 0) this.add(true);
    this.paint();
    if (this.points.length) this.lookSoon();
  }

  /** Everything else on the land: seen, named, and not in the way of a click. */
  surroundings(features) {
    return L.geoJSON(features, {
      style: (feature) => ({ ...look(feature), interactive: false }),
      pointToLayer: ({ properties: { arrow, radius = 6 } }, where) => arrow === undefined
        ? L.circleMarker(where, { radius, interactive: false })
        : L.marker(where, { icon: arrowHead(arrow), interactive: false, keyboard: false }),
      onEachFeature: ({ properties: { label } }, layer) => {
        if (!label) return;
        const told = Object.assign(document.createElement("bdi"), { textContent: label });
        layer.bindTooltip(told, { permanent: true, direction: "bottom", className: "map-label" });
      },
    });
  }

  listen() {
    this.map.on("click", ({ latlng }) => this.isAdding && this.append(point(latlng)));
    this.map.on("zoomend", () => this.paint());
    this.place.addEventListener("keydown", (event) => this.onKey(event));
    this.form.querySelector("[data-tools]").addEventListener("click", ({ target }) => {
      const tool = target.closest("[data-tool]")?.dataset.tool;
      if (tool === "add") this.add(!this.isAdding);
      if (tool === "middle") this.append(point(this.map.getCenter()));
      if (tool === "back") this.takeBack();
    });
    this.form.addEventListener("input", ({ target }) => {
      if (target === this.area) {
        this.points = this.readArea();
        this.writeRows();
      } else if (this.rows.contains(target)) {
        this.points = this.readRows();
        this.writeArea();
      }
      this.paint();
      this.lookSoon();
    });
    this.rows.addEventListener("click", (event) => this.onRowButton(event));
    const repaint = () => this.paint();
    addEventListener("themechange", repaint);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  }

  onKey(event) {
    if (event.key === "Enter" && this.isAdding && event.target === this.place) {
      event.preventDefault();
      this.finish();
    } else if (event.key === "Escape") {
      this.cancel();
    }
  }

  /** The buttons of a row do here what they do on the server without scripts. */
  onRowButton(event) {
    const button = event.target.closest("button[name=do]");
    if (!button) return;
    event.preventDefault();
    const [verb, text] = button.value.split(":");
    const place = Number(text) - 1, other = place + (verb === "up" ? -1 : 1);
    if (verb === "delete") return this.remove(place);
    if (!this.points[other]) return;
    const next = [...this.points];
    [next[place], next[other]] = [next[other], next[place]];
    this.change(next, "moved", { n: other + 1 });
    this.rows.rows[other].querySelector(`[value^=${verb}]`).focus();
  }

  // What can be done to the points.

  add(isOn) {
    this.isAdding = isOn;
    if (isOn) this.startPoints = this.points;
    this.place.classList.toggle("draw-adding", isOn);
    this.form.querySelector("[data-tool=add]").setAttribute("aria-pressed", isOn);
    this.map.doubleClickZoom[isOn ? "disable" : "enable"]();
    if (isOn) this.say("adding");
  }

  append(where) {
    const next = this.kind === "nakkas" ? [where] : [...this.points, where];
    this.change(next, "added", { n: next.length });
  }

  insert(place, where) {
    this.change([...this.points.slice(0, place), where, ...this.points.slice(place)], "added", { n: place + 1 });
  }

  move(place, where) {
    this.change(this.points.map((old, n) => (n === place ? where : old)), "moved", { n: place + 1 });
  }

  remove(place) {
    this.change(this.points.filter((_, n) => n !== place), "deleted", { n: place + 1, m: this.points.length - 1 });
  }

  takeBack() {
    if (!this.before.length) return;
    this.points = this.before.pop();
    this.settle("back", {});
  }

  finish() {
    this.add(false);
    this.say("finished", { m: this.points.length });
    const unfilled = [...this.form.querySelectorAll(".input[required]")].find((input) => !input.value);
    (unfilled ?? this.form.querySelector("button[value=keep], button[value=look]")).focus();
  }

  cancel() {
    if (this.isAdding && this.startPoints !== this.points) {
      this.before.push(this.points);
      this.points = this.startPoints;
    }
    this.add(false);
    this.settle("cancelled", { m: this.points.length });
  }

  change(next, said, facts) {
    this.before.push(this.points);
    this.points = next;
    this.settle(said, facts);
  }

  settle(said, facts) {
    this.moves = [];
    this.form.querySelector("[data-tool=back]").disabled = this.before.length === 0;
    this.writeRows();
    this.writeArea();
    this.paint();
    this.say(said, facts);
    this.lookSoon();
  }

  say(what, facts = {}) {
    this.status.textContent = this.words(what, facts);
  }

  words(what, facts) {
    const key = `said${what[0].toUpperCase()}${what.slice(1)}`;
    return this.form.dataset[key].replace(/{(\w+)}/g, (_, name) => this.number.format(facts[name]));
  }

  // The list.

  readRows() {
    const found = [...this.rows.rows].map((row) => ["lon", "lat"].map((name) => plain(row.querySelector(`[name=${name}]`).value)));
    return found.filter((pair) => pair.every((text) => text !== "" && Number.isFinite(Number(text)))).map((pair) => pair.map(Number));
  }

  writeRows() {
    this.rows.replaceChildren(...this.points.map(([lon, lat], place) => {
      const row = this.template.content.cloneNode(true).firstElementChild;
      row.querySelector("[name=lon]").value = degrees(lon);
      row.querySelector("[name=lat]").value = degrees(lat);
      row.querySelector("th").textContent = this.number.format(place + 1);
      for (const part of row.querySelectorAll("[aria-label]")) {
        part.setAttribute("aria-label", part.getAttribute("aria-label").replace("{n}", this.number.format(place + 1)));
        if (part.value?.includes("{n}")) part.value = part.value.replace("{n}", place + 1);
      }
      return row;
    }));
    const choice = this.form.querySelector("[name=add_at]");
    while (choice?.options.length > 1) choice.remove(1);
  }

  /** The corners of one outline without holes; of anything else none, and drawing takes its place. */
  readArea() {
    try {
      const told = JSON.parse(this.area.value);
      const { type, coordinates } = told.geometry ?? told;
      return type === "Polygon" && coordinates.length === 1 ? coordinates[0].slice(0, -1) : [];
    } catch {
      return [];
    }
  }

  writeArea() {
    if (!this.area) return;
    const ring = [...this.points, this.points[0]];
    this.area.value = ring.length > 3 ? JSON.stringify({ type: "Polygon", coordinates: [ring] }) : "";
  }

  // The map.

  paint() {
    if (!this.map) return;
    const focused = this.place.querySelector(".draw-vertex:focus")?.dataset.n;
    this.ink.clearLayers();
    this.paintTheirs();
    const line = this.points.map(at);
    const style = { color: colour("clay"), weight: 4, fillOpacity: 0.15, interactive: false };
    if (this.area && line.length > 1) L.polygon(line, style).addTo(this.ink);
    else if (line.length > 1) L.polyline(line, { color: colour("water"), weight: 5, interactive: false }).addTo(this.ink);
    this.paintArrows(line);
    this.paintTolerance(line);
    for (const { drawn, kept } of this.moves) {
      L.polyline([at(drawn), at(kept)], { color: colour("leaf"), weight: 3, dashArray: "4 4", interactive: false }).addTo(this.ink);
      L.circleMarker(at(kept), { radius: 8, color: colour("leaf"), weight: 3, fillOpacity: 0, interactive: false }).addTo(this.ink);
    }
    this.paintHandles(line, Number(focused));
    if (focused !== undefined) this.place.querySelector(`.draw-vertex[data-n="${focused}"]`)?.focus();
  }

  paintTheirs() {
    const theirs = JSON.parse(this.form.dataset.theirs ?? "[]");
    const style = { color: colour("clay"), weight: 4, dashArray: "8 6", interactive: false };
    if (theirs.length > 1) L.polyline(theirs.map(at), style).addTo(this.ink);
    else if (theirs.length) L.circleMarker(at(theirs[0]), style).addTo(this.ink);
  }

  get runsBack() {
    return this.form.querySelector("[name=flows]:checked")?.value === "against";
  }

  paintArrows(line) {
    if (this.kind === "nakkas" || this.area) return;
    line.slice(1).forEach((there, place) => {
      const ends = [line[place], there].map((where) => this.map.latLngToLayerPoint(where));
      if (ends[0].distanceTo(ends[1]) < LEAST_ARROW_PX && line.length > 2) return;
      const [from, to] = this.runsBack ? ends.reverse() : ends;
      const turned = (Math.atan2(to.x - from.x, from.y - to.y) * 180) / Math.PI;
      // A third of the way, beside the handle in the middle.
      const where = this.map.layerPointToLatLng(from.add(to.subtract(from).divideBy(3)));
      L.marker(where, { icon: arrowHead(turned), interactive: false, keyboard: false }).addTo(this.ink);
    });
  }

  paintTolerance(line) {
    const radius = Number(plain(this.form.querySelector("[name=tolerance_m]")?.value ?? "")) || 0;
    if (!line.length || !radius) return;
    const ends = this.kind === "canals" ? [line[0], line[line.length - 1]] : [line[0]];
    const style = { radius, color: colour("ink"), weight: 1.5, dashArray: "3 4", fillOpacity: 0.05, interactive: false };
    for (const where of ends) L.circle(where, style).addTo(this.ink);
  }

  /** The ends and the point that has the focus first; others where there is room. */
  paintHandles(line, focused) {
    const taken = [];
    const isFree = (where) => {
      const here = this.map.latLngToLayerPoint(where);
      const hasRoom = taken.every((other) => other.distanceTo(here) >= APART_PX);
      if (hasRoom) taken.push(here);
      return hasRoom;
    };
    const places = [...line.keys()];
    const first = [focused, 0, line.length - 1].filter((place) => places.includes(place));
    const shown = [...new Set([...first, ...places])].filter((place) => isFree(line[place]));
    for (const place of shown.sort((one, other) => one - other)) this.paintVertex(line[place], place);
    if (this.kind === "nakkas") return;
    const isClosed = this.area && line.length > 2;
    for (const place of isClosed ? [...places.slice(1), line.length] : places.slice(1)) {
      const [from, to] = [line[place - 1], line[place % line.length]].map((where) => this.map.latLngToLayerPoint(where));
      const middle = this.map.layerPointToLatLng(from.add(to).divideBy(2));
      if (isFree(middle)) this.paintMiddle(middle, place);
    }
  }

  paintVertex(where, place) {
    const title = this.words("vertex", { n: place + 1 });
    const icon = L.divIcon({ className: "draw-vertex", html: this.number.format(place + 1), iconSize: [28, 28] });
    const marker = L.marker(where, { icon, draggable: true, keyboard: true, title, zIndexOffset: 1000 }).addTo(this.ink);
    marker.on("dragend", () => this.move(place, point(marker.getLatLng())));
    const handle = marker.getElement();
    handle.dataset.n = place;
    handle.setAttribute("aria-label", title);
    handle.addEventListener("keydown", (event) => this.onVertexKey(event, place));
  }

  onVertexKey(event, place) {
    const way = NORTH[event.key];
    if (way) {
      const from = this.map.latLngToLayerPoint(at(this.points[place]));
      this.move(place, point(this.map.layerPointToLatLng(from.add(L.point(way).multiplyBy(STEP_PX)))));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.remove(place);
      (this.place.querySelector(`.draw-vertex[data-n="${Math.max(place - 1, 0)}"]`) ?? this.place).focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  paintMiddle(where, place) {
    const title = this.words("middle", { n: place, m: (place % this.points.length) + 1 });
    const icon = L.divIcon({ className: "draw-middle", html: "+", iconSize: [24, 24] });
    const marker = L.marker(where, { icon, draggable: true, keyboard: true, title }).addTo(this.ink);
    marker.getElement().setAttribute("aria-label", title);
    const insert = () => this.insert(place, point(marker.getLatLng()));
    marker.on("dragend", insert).on("click", insert).on("keypress", ({ originalEvent: { key } }) => key === "Enter" && insert());
  }

  // What the server would snap.

  lookSoon() {
    if (this.area) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), WAIT_MS);
  }

  async look() {
    this.asking?.abort();
    this.asking = new AbortController();
    if (this.points.length < (this.kind === "canals" ? 2 : 1)) return this.tell([]);
    const sent = new FormData(this.form);
    sent.set("do", "look");
    sent.set("idempotency_key", `look-${Date.now()}-${Math.random()}`);
    try {
      const answer = await fetch(this.form.action, { method: "POST", body: sent, headers: { Accept: "application/json" }, signal: this.asking.signal });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const { says, moves } = await answer.json();
      this.moves = moves;
      this.tell(says);
      this.paint();
    } catch (error) {
      if (error.name !== "AbortError") this.tell([this.words("failed", {})]);
    }
  }

  tell(says) {
    this.form.querySelector("[data-told]").hidden = says.length === 0;
    this.form.querySelector("[data-told-list]").replaceChildren(...says.map((said) => Object.assign(document.createElement("li"), { textContent: said })));
  }
}

for (const form of document.querySelectorAll("form[data-drawing]")) {
  const drawing = new Drawing(form);
  const start = () => drawing.start().catch(() => {
    drawing.place.setAttribute("role", "alert");
    drawing.place.textContent = drawing.place.dataset.failed;
  });
  // A map that is folded away has no size yet.
  const fold = drawing.place.closest("details:not([open])");
  if (fold) fold.addEventListener("toggle", start, { once: true });
  else start();
}
