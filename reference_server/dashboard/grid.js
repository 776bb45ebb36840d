// The grid: one small chart per device, in order of name. A cell is a radio button, so the keyboard comes for free.

import { levels } from "./axes.js";
import { prepare } from "./canvas.js";
import { curve, extent } from "./chart.js";
import { duration, reading } from "./format.js";
import { decimalsOf } from "./series.js";
import { inColumns } from "./window.js";

const DOT = 4; // px on the right for the dot that ends a curve

const byName = new Intl.Collator("en", { numeric: true }).compare;

export class Grid {
  #cells = new Map();
  #size = { width: 0, height: 0 };
  #near;

  // `choose` is called with the name of the device that was selected.
  constructor(element, choose) {
    this.element = element;
    this.#near = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) this.#cells.get(target.dataset.device).near = isIntersecting;
    });
    new ResizeObserver(() => this.#measure()).observe(element);
    element.addEventListener("change", (event) => choose(event.target.value));
  }

  update(fleet, view) {
    for (const device of fleet.devices.values()) if (!this.#cells.has(device.name)) this.#add(device);
    const near = [...this.#cells.values()].filter((cell) => cell.near);
    for (const cell of near) cell.measure(view, this.#size.width - DOT);
    const shared = view.scale === "shared" ? rounded(near) : null;
    for (const cell of near) {
      cell.tell(view, fleet.ledger.of(cell.device.name).missing, fleet.heard);
      cell.draw(shared, this.#size, view.palette);
    }
    return shared;
  }

  get first() {
    return this.element.querySelector(".cell").dataset.device;
  }

  select(name) {
    this.#cells.get(name).radio.checked = true;
  }

  #add(device) {
    const cell = new Cell(device);
    this.#cells.set(device.name, cell);
    const next = [...this.element.children].find((child) => child.dataset.device && byName(child.dataset.device, device.name) > 0);
    this.element.insertBefore(cell.element, next ?? null);
    this.#near.observe(cell.element);
  }

  #measure() {
    const plot = this.element.querySelector(".plot");
    if (plot) this.#size = { width: plot.clientWidth, height: plot.clientHeight };
  }
}

class Cell {
  near = false;
  #columns = null;
  #measured = "";
  #drawn = "";

  constructor(device) {
    this.device = device;
    this.element = make("label", "cell");
    this.element.dataset.device = device.name;
    this.element.title = device.name;
    this.radio = Object.assign(document.createElement("input"), { type: "radio", name: "device", value: device.name });
    this.name = make("span", "name", device.name);
    this.value = make("span", "value");
    this.plot = make("span", "plot");
    this.canvas = document.createElement("canvas");
    this.warning = make("span", "warning");
    this.plot.append(this.canvas, this.warning);
    this.element.append(this.radio, this.name, this.value, this.plot);
  }

  // The series in pixel columns, again only when there is more of it or the window has moved by a column.
  measure({ quantity, window }, width) {
    const series = this.device.series.get(quantity);
    const { from, to } = inColumns(window, width);
    const state = `${quantity} ${series?.version} ${from} ${to} ${width}`;
    if (state === this.#measured) return;
    this.#measured = state;
    this.#columns = series && width > 0 ? series.columns(from, to, width) : null;
    this.decimals = series?.decimals ?? 0;
  }

  get min() {
    return this.#columns?.min ?? Infinity;
  }

  get max() {
    return this.#columns?.max ?? -Infinity;
  }

  tell({ quantity }, missing, heard) {
    const value = this.device.values[quantity];
    const silence = this.device.silence(heard);
    const absent = this.device.series.get(quantity)?.absent(this.device.time);
    write(this.value, value === undefined ? "" : reading(value, Math.max(this.decimals, decimalsOf(value))));
    const warnings = [missing && `▲ ${missing} missing`, silence && `silent ${duration(silence * 1000)}`, !silence && absent && `no ${quantity}`];
    write(this.warning, warnings.filter(Boolean).join(" · "));
    this.element.classList.toggle("silent", silence > 0 || absent === true);
  }

  draw(shared, { width, height }, palette) {
    const range = shared ?? extent(this.min, this.max, this.decimals);
    const state = `${this.#measured} ${range} ${height} ${palette.version} ${devicePixelRatio}`;
    if (state === this.#drawn || !width) return;
    this.#drawn = state;
    const context = prepare(this.canvas, width, height);
    if (this.#columns) curve(context, this.#columns, range, { left: 0, top: 2, height: height - 4 }, palette);
  }
}

// One range for all cells, on round numbers so that it seldom moves.
function rounded(cells) {
  const [low, high] = extent(Math.min(...cells.map((cell) => cell.min)), Math.max(...cells.map((cell) => cell.max)), 0);
  const { step } = levels(low, high, 4);
  return [Math.floor(low / step) * step, Math.ceil(high / step) * step];
}

function make(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
