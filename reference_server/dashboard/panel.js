// A panel: one quantity of one device over time, with both axes and a reading under the pointer.

import { instants, levels } from "./axes.js";
import { prepare } from "./canvas.js";
import { crosses, curve, extent, level } from "./chart.js";
import { make, write } from "./elements.js";
import { clock, duration, reading, sign, withUnit } from "./format.js";
import { inColumns } from "./window.js";

const LEFT = 44; // px for the value axis
const RIGHT = 8;
const BOTTOM = 18; // px for the time axis, below the last panel
const LEVEL = 16; // px per line of the value axis, at least
const DAY = 86_400_000;

export class Panel {
  #drawn = "";
  #size = { width: 0, height: 0 };

  constructor(quantity) {
    this.quantity = quantity;
    this.now = make("span", { className: "value" });
    this.unit = make("span", { className: "unit" });
    this.range = make("span", { className: "range" });
    this.canvas = make("canvas", { role: "img" });
    const name = make("span", { className: "quantity" }, quantity);
    const plot = make("div", { className: "plot" }, this.canvas);
    this.element = make("figure", {}, make("figcaption", {}, name, this.now, this.unit, this.range), plot);
    this.element.dataset.quantity = quantity;
    const measure = () => (this.#size = { width: plot.clientWidth, height: plot.clientHeight });
    new ResizeObserver(measure).observe(plot);
  }

  draw(device, window, palette, pointer, isLast) {
    this.element.classList.toggle("last", isLast);
    const { width, height } = this.#size;
    if (!width) return;
    if (!this.#stale(device, window, palette, pointer, isLast, width, height)) return;
    const bottom = isLast ? BOTTOM : 0;
    const box = { left: LEFT, top: 4, width: Math.max(1, width - LEFT - RIGHT), height: height - 8 - bottom };
    const series = device.series.get(this.quantity);
    const edges = inColumns(window, box.width);
    const columns = series?.columns(edges.from, edges.to, box.width);
    const decimals = device.decimals(this.quantity);
    const range = extent(columns?.min, columns?.max, decimals);
    const context = prepare(this.canvas, width, height);
    context.font = `11px ${palette.font}`;
    if (columns) valueAxis(context, range, box, palette);
    timeAxis(context, edges, box, palette, isLast);
    if (columns) curve(context, columns, range, box, palette, { weight: 1.5 });
    crosses(context, device.marks.filter((mark) => mark.quantity === this.quantity), edges, box, palette);
    limits(context, device.sensors.get(this.quantity)?.range ?? [], range, box, palette);
    this.#tell(device, columns, decimals, read(context, columns, range, box, palette, pointer), window);
  }

  // Whether it would look different from the last time.
  #stale(device, { span, to }, palette, pointer, isLast, width, height) {
    const version = device.series.get(this.quantity)?.version;
    const column = Math.floor((to / span) * width);
    const value = device.values[this.quantity];
    const looks = [palette.version, pointer, isLast, width, height, devicePixelRatio, device.sensors.size];
    const state = [version, value, span, column, ...looks].join(" ");
    if (state === this.#drawn) return false;
    this.#drawn = state;
    return true;
  }

  #tell(device, columns, decimals, pointed, { span }) {
    const value = device.values[this.quantity];
    const unit = device.unit(this.quantity);
    const some = columns && columns.min <= columns.max;
    const extremes = some ? `${reading(columns.min, decimals)} – ${reading(columns.max, decimals)}` : "";
    write(this.now, reading(pointed ? pointed.value : value, decimals));
    write(this.unit, sign(unit));
    write(this.range, pointed ? `at ${clock(pointed.time)}` : extremes);
    this.element.classList.toggle("beyond", device.beyond(this.quantity, pointed ? pointed.value : value));
    const seen = some ? `, ${extremes} in the last ${duration(span)}` : "";
    this.canvas.ariaLabel = `${this.quantity}: ${withUnit(reading(value, decimals), unit)}${seen}`;
    const [low, high] = device.sensors.get(this.quantity)?.range ?? [];
    this.element.title = low === undefined ? "" : `The sensor measures ${low} – ${withUnit(high, unit)}`;
  }
}

function valueAxis(context, range, box, palette) {
  const { at, decimals } = levels(...range, Math.max(2, Math.floor(box.height / LEVEL)));
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const value of at) {
    const y = Math.round(level(value, range, box)) + 0.5;
    context.fillStyle = palette.rule;
    context.fillRect(box.left, y - 0.5, box.width, 1);
    context.fillStyle = palette.muted;
    if (y > box.top + 2 && y < box.top + box.height) context.fillText(value.toFixed(decimals), box.left - 6, y);
  }
}

// The ends of what the sensor can measure, where they are in sight.
function limits(context, ends, range, box, palette) {
  context.fillStyle = palette.bad;
  for (const end of ends.filter((each) => each > range[0] && each < range[1])) {
    const y = Math.round(level(end, range, box));
    for (let x = box.left; x < box.left + box.width; x += 6) context.fillRect(x, y, 3, 1);
  }
}

function timeAxis(context, { from, to }, box, palette, labelled) {
  const { at, step } = instants(from, to, Math.max(2, Math.floor(box.width / 70)));
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const time of at) {
    const x = Math.round(box.left + ((time - from) / (to - from)) * box.width) + 0.5;
    context.fillStyle = palette.rule;
    context.fillRect(x - 0.5, box.top, 1, box.height);
    context.fillStyle = palette.muted;
    if (labelled) context.fillText(clock(time, step >= DAY), x, box.top + box.height + 6);
  }
}

// The reading in the column under the pointer, or the nearest before it, with a line through it.
function read(context, columns, range, box, palette, pointer) {
  let x = pointer === null ? -1 : Math.min(Math.round(pointer - box.left), box.width - 1);
  while (x >= 0 && columns && Number.isNaN(columns.last[x])) x -= 1;
  if (x < 0 || !columns) return null;
  context.fillStyle = palette.ink;
  context.fillRect(box.left + x, box.top, 1, box.height);
  context.beginPath();
  context.arc(box.left + x + 0.5, level(columns.last[x], range, box), 3, 0, 2 * Math.PI);
  context.fill();
  return { value: columns.last[x], time: columns.from + ((x + 0.5) / box.width) * (columns.to - columns.from) };
}
