// A cell: a device's name, latest value, small curve and warnings; a radio button, so the keyboard comes for free.

import { prepare } from "./canvas.js";
import { crosses, curve, extent } from "./chart.js";
import { make, write } from "./elements.js";
import { duration, reading, sign } from "./format.js";
import { decimalsOf } from "./series.js";
import { inColumns } from "./window.js";

export class Cell {
  near = false;
  #columns = null;
  #marks = [];
  #measured = "";
  #drawn = "";

  constructor(device) {
    const { name } = device;
    this.device = device;
    this.radio = make("input", { type: "radio", name: "device", value: name });
    this.value = make("span", { className: "value" });
    this.unit = make("span", { className: "unit" });
    this.canvas = make("canvas");
    this.warning = make("span", { className: "warning" });
    const plot = make("span", { className: "plot" }, this.canvas, this.warning);
    const label = make("span", { className: "name" }, name);
    this.element = make("label", { className: "cell", title: name }, this.radio, label, this.value, this.unit, plot);
    this.element.dataset.device = name;
  }

  // The series in pixel columns, again only when there is more of it or the window has moved by a column.
  measure({ quantity, window }, width) {
    const series = this.device.series.get(quantity);
    this.decimals = this.device.decimals(quantity);
    const { from, to } = inColumns(window, width);
    const state = `${quantity} ${series?.version} ${from} ${to} ${width}`;
    this.#marks = this.device.marks.filter((mark) => mark.quantity === quantity);
    if (state === this.#measured) return;
    this.#measured = state;
    this.#columns = series && width > 0 ? series.columns(from, to, width) : null;
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
    write(this.unit, value === undefined ? "" : sign(this.device.unit(quantity)));
    const warnings = [
      missing && `▲ ${missing} missing`,
      silence && `silent ${duration(silence * 1000)}`,
      !silence && absent && `no ${quantity}`,
      this.device.beyond(quantity, value) && "out of range",
    ];
    write(this.warning, warnings.filter(Boolean).join(" · "));
    this.element.classList.toggle("silent", silence > 0 || absent === true);
  }

  draw(shared, { width, height }, palette) {
    const range = shared ?? extent(this.min, this.max, this.decimals);
    const state = `${this.#measured} ${range} ${height} ${palette.version} ${devicePixelRatio}`;
    if (state === this.#drawn || !width) return;
    this.#drawn = state;
    const context = prepare(this.canvas, width, height);
    const box = { left: 0, top: 2, width: this.#columns?.low.length, height: height - 4 };
    if (!this.#columns) return;
    curve(context, this.#columns, range, box, palette);
    crosses(context, this.#marks, this.#columns, box, palette);
  }
}
