// The officer's map: vector tiles of our own server, drawn on canvases that Leaflet places.
//
// The element has data-tiles (an address with {z}, {x}, {y}), data-thing (with {layer}, {home}, {number}),
// data-bounds (west,south,east,north); the form around it has a box for each layer (name "show"), the crop and the day.

import { colour } from "./map.js";

// A path of thousands of fields takes far longer to fill than the same in batches.
const UNITS = 4096, SIDE = 512, NEAR = 10, BATCH = 50, DASH = { dry: [6, 5], aside: [2, 4] };
const UTF8 = new TextDecoder();
// Lets the browser show a picture and hear a hand between two pieces of work.
const breath = () => new Promise((done) => { setTimeout(done); });

/** Reads protobuf: https://protobuf.dev/programming-guides/encoding/ */
class Reader {
  constructor(bytes) { this.bytes = bytes; this.at = 0; }
  get more() { return this.at < this.bytes.length; }
  varint() {
    let value = 0, scale = 1, byte;
    do {
      byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte > 127);
    return value;
  }
  part() {
    const length = this.varint();
    return this.bytes.subarray(this.at, this.at += length);
  }
  /** Calls `take(number, value)` for each field; `value` is a number or bytes. */
  each(take) {
    while (this.more) {
      const tag = this.varint(), wire = tag & 7;
      if (wire === 0) take(tag >>> 3, this.varint());
      else if (wire === 2) take(tag >>> 3, this.part());
      else this.at += wire === 1 ? 8 : 4;
    }
  }
}

const text = (bytes) => UTF8.decode(bytes);

function valueOf(bytes) {
  let value = null;
  new Reader(bytes).each((number, found) => {
    if (number === 1) value = text(found);
    else if (number === 6) value = found % 2 ? -(found + 1) / 2 : found / 2;
    else value = found;
  });
  return value;
}

/** Rings, lines or points as flat lists of corners. */
function partsOf(bytes) {
  const reader = new Reader(bytes), parts = [];
  let x = 0, y = 0;
  while (reader.more) {
    const command = reader.varint(), verb = command & 7;
    if (verb === 7) continue;
    for (let times = command >>> 3; times; times--) {
      const right = reader.varint(), down = reader.varint();
      x += (right >>> 1) ^ -(right & 1);
      y += (down >>> 1) ^ -(down & 1);
      if (verb === 1) parts.push([]);
      parts[parts.length - 1].push(x, y);
    }
  }
  return parts;
}

function layerOf(bytes) {
  const keys = [], values = [], raw = [];
  let name = "";
  new Reader(bytes).each((number, found) => {
    if (number === 1) name = text(found);
    else if (number === 2) raw.push(found);
    else if (number === 3) keys.push(text(found));
    else if (number === 4) values.push(valueOf(found));
  });
  const [layer, home] = name.split(":");
  return raw.map((feature) => {
    const one = { layer, home, is: {} };
    new Reader(feature).each((number, found) => {
      if (number === 1) one.id = found;
      else if (number === 3) one.kind = found;
      else if (number === 4) one.parts = partsOf(found);
      else if (number === 2) {
        const tags = new Reader(found);
        while (tags.more) one.is[keys[tags.varint()]] = values[tags.varint()];
      }
    });
    return one;
  });
}

export function featuresOf(bytes) {
  const found = [];
  new Reader(bytes).each((number, layer) => { if (number === 3) found.push(...layerOf(layer)); });
  return found;
}

/** How a feature looks; features that look alike are drawn in one go. */
function lookOf({ layer, kind, is }, crop) {
  if (crop && "crop" in is && is.crop !== crop) return "aside";
  if (crop && (layer === "plots" || layer === "risk") && !("crop" in is)) return "aside";
  if (layer === "risk") return `risk:${is.order}`;
  if (kind === 1 || layer === "sprays") return `${layer}:${is.state ?? ""}`;
  return is.water ? `${layer}:wet` : `${layer}:dry`;
}

function styleOf(look) {
  const [layer, how] = look.split(":");
  if (look === "aside") return { stroke: colour("mute"), width: 1, dash: DASH.aside };
  if (layer === "plots") {
    return how === "wet"
      ? { stroke: colour("water"), width: 2, fill: colour("water"), part: 0.6 }
      : { stroke: colour("leaf"), width: 1, fill: colour("leaf"), part: 0.15 };
  }
  if (layer === "sprays") return { stroke: colour("clay"), width: 3, fill: colour("clay"), part: how === "no_entry" ? 0.45 : 0, dash: how === "no_entry" ? [] : DASH.dry };
  if (layer === "risk") return { stroke: colour("wheat"), width: 3, fill: colour("wheat"), part: { first: 0.85, next: 0.45 }[how] ?? 0.15, dash: how === "later" ? DASH.dry : [] };
  if (layer === "canals") return { stroke: colour("water"), width: how === "wet" ? 5 : 2, dash: how === "wet" ? [] : DASH.dry };
  const paint = { free: "leaf", booked: "wheat", workshop: "wheat", broken: "clay" }[how] ?? (layer === "cells" ? "mute" : "clay");
  return { stroke: colour(paint), width: 2, fill: colour(paint), part: how === "free" || how === "submitted" ? 0.15 : 0.8, dash: how === "dry" ? DASH.dry : [] };
}

function trace(pen, { kind, parts }, scale, radius) {
  for (const part of parts) {
    if (kind === 1) {
      pen.moveTo(part[0] * scale + radius, part[1] * scale);
      pen.arc(part[0] * scale, part[1] * scale, radius, 0, 7);
      continue;
    }
    pen.moveTo(part[0] * scale, part[1] * scale);
    for (let at = 2; at < part.length; at += 2) pen.lineTo(part[at] * scale, part[at + 1] * scale);
    if (kind === 3) pen.closePath();
  }
}

function paint(canvas, features, { shown, crop }) {
  const pen = canvas.getContext("2d"), ratio = canvas.width / SIDE, scale = SIDE / UNITS;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, SIDE, SIDE);
  const looks = new Map();
  for (const one of features) {
    if (!shown.has(one.layer === "cells" ? "plots" : one.layer)) continue;
    const look = lookOf(one, crop);
    if (!looks.has(look)) looks.set(look, []);
    looks.get(look).push(one);
  }
  for (const [look, ones] of looks) {
    const { stroke, width, fill, part = 1, dash = [] } = styleOf(look);
    Object.assign(pen, { strokeStyle: stroke, fillStyle: fill ?? stroke, lineWidth: width });
    pen.setLineDash(dash);
    for (let at = 0; at < ones.length; at += BATCH) {
      pen.beginPath();
      for (const one of ones.slice(at, at + BATCH)) trace(pen, one, scale, one.layer === "cells" ? 14 : 7);
      if (fill && ones[0].kind !== 2) {
        pen.globalAlpha = part;
        pen.fill();
        pen.globalAlpha = 1;
      }
      pen.stroke();
    }
    pen.setLineDash([]);
  }
  Object.assign(pen, { fillStyle: colour("card"), font: "700 13px sans-serif", textAlign: "center", textBaseline: "middle" });
  for (const one of features) {
    if (one.layer === "cells" && shown.has("plots")) pen.fillText(one.is.plots, one.parts[0][0] * scale, one.parts[0][1] * scale);
  }
}

/** Whether a spot, in units of the tile, is in a field, or near a line or a point. */
function hits({ kind, parts }, x, y, reach) {
  let inside = false;
  for (const part of parts) {
    const last = part.length - 2;
    if (kind === 1 && Math.hypot(part[0] - x, part[1] - y) < reach) return true;
    for (let at = 0, before = kind === 3 ? last : 0; at <= last && kind > 1; before = at, at += 2) {
      const [ax, ay, bx, by] = [part[before], part[before + 1], part[at], part[at + 1]];
      if (kind === 3 && (ay > y) !== (by > y) && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
      if (kind === 2) {
        const along = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2 || 1)));
        if (Math.hypot(ax + along * (bx - ax) - x, ay + along * (by - ay) - y) < reach) return true;
      }
    }
  }
  return inside;
}

const Land = L.GridLayer.extend({
  options: { tileSize: SIDE, updateWhenZooming: false, keepBuffer: 1 },
  createTile(coords, done) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE * Math.min(2, devicePixelRatio || 1);
    const stop = new AbortController();
    canvas.stop = () => stop.abort();
    this.load(coords, stop.signal).then((features) => {
      canvas.features = features;
      paint(canvas, features, this.asked);
      done(null, canvas);
    }, (error) => done(error, canvas));
    return canvas;
  },
  async load({ x, y, z }, signal) {
    const across = 2 ** (z - 1);
    if (z < 1 || y < 0 || y >= across) return [];
    const where = { z: z - 1, x: ((x % across) + across) % across, y };
    await breath();
    const answer = await fetch(`${L.Util.template(this.options.tiles, where)}?${this.asked.query}`, { signal });
    if (!answer.ok) throw new Error(answer.status);
    const features = featuresOf(new Uint8Array(await answer.arrayBuffer()));
    await breath();
    return features;
  },
  /** Tile after tile; where something else is asked for meanwhile, whoever asks goes on. */
  async repaint() {
    const { asked } = this;
    for (const { el } of Object.values(this._tiles)) {
      await breath();
      if (this.asked !== asked) return;
      if (el.features) paint(el, el.features, asked);
    }
  },
  /** The topmost thing at a place of the map. */
  at(place) {
    const zoom = this._map.getZoom(), point = this._map.project(place, zoom), z = this._tileZoom;
    const here = point.multiplyBy(2 ** (z - zoom)), at = here.divideBy(SIDE).floor();
    const tile = this._tiles[`${at.x}:${at.y}:${z}`]?.el;
    const { x, y } = here.subtract(at.multiplyBy(SIDE)).multiplyBy(UNITS / SIDE);
    const reach = (NEAR * UNITS) / SIDE;
    return tile?.features?.filter((one) => one.layer !== "cells" && this.asked.shown.has(one.layer) && hits(one, x, y, reach))
      .sort((one, other) => one.kind - other.kind || (one.layer === "plots") - (other.layer === "plots"))[0];
  },
});

function popup({ name, says }) {
  const box = document.createElement("div");
  for (const [place, line] of [name, ...says].entries()) {
    const told = box.appendChild(document.createElement("div")).appendChild(document.createElement(place ? "span" : "strong"));
    told.appendChild(document.createElement("bdi")).textContent = line;
  }
  return box;
}

function open(place) {
  const form = place.closest("form"), { zoomIn, zoomOut, tiles, thing, bounds } = place.dataset;
  const asked = () => ({
    query: new URLSearchParams({ day: form.elements.day.value, pest: form.elements.pest.value }).toString(),
    crop: form.elements.crop.value,
    shown: new Set([...form.querySelectorAll("[name=show]:checked")].map((box) => box.value)),
  });
  const map = L.map(place, { zoomControl: false, attributionControl: false, minZoom: 5, maxZoom: 19 });
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  map.on("popupopen", ({ popup: { _closeButton: button } }) => button?.setAttribute("aria-label", place.dataset.close));
  const [west, south, east, north] = bounds.split(",").map(Number);
  map.fitBounds([[south, west], [north, east]], { animate: false });
  const land = new Land({ tiles });
  land.asked = asked();
  land.on("load", () => { place.dataset.drawn = Math.round(performance.now()); });
  land.on("tileunload", ({ tile }) => tile.stop());
  land.addTo(map);
  const tell = async (where) => {
    const one = land.at(where);
    if (!one) return;
    const answer = await fetch(`${L.Util.template(thing, { layer: one.layer, home: one.home, number: one.id })}?${land.asked.query}`).catch(() => null);
    if (answer?.ok) map.openPopup(popup(await answer.json()), where);
  };
  map.on("click", ({ latlng }) => tell(latlng));
  place.addEventListener("keydown", ({ key, target }) => { if (key === "Enter" && target === place) tell(map.getCenter()); });

  const slider = form.querySelector("[data-slider]"), told = form.querySelector("[data-told]");
  const words = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full", timeZone: "UTC" });
  const dayOf = (days) => new Date(Date.parse(slider.dataset.first) + days * 86_400_000);
  const renew = () => {
    const before = land.asked.query;
    land.asked = asked();
    if (land.asked.query === before) land.repaint();
    else land.redraw();
  };
  let wait = 0;
  slider.parentElement.hidden = false;
  slider.addEventListener("input", () => {
    const day = dayOf(slider.valueAsNumber);
    form.elements.day.value = day.toISOString().slice(0, 10);
    told.textContent = words.format(day);
    clearTimeout(wait);
    wait = setTimeout(renew, 250);
  });
  form.addEventListener("change", renew);
  addEventListener("themechange", () => land.repaint());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => land.repaint());
}

for (const place of document.querySelectorAll("[data-tiles][data-bounds]")) {
  if (place.dataset.bounds) open(place);
}
