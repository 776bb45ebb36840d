// The grid: one small chart per device, in order of name; only those that are in sight are drawn.

import { levels } from "./axes.js";
import { Cell } from "./cell.js";
import { extent } from "./chart.js";

const DOT = 4; // px on the right for the dot that ends a curve

const byName = new Intl.Collator("en", { numeric: true }).compare;

export class Grid {
  #cells = new Map();
  #size = { width: 0, height: 0 };
  #near;
  #sifted = [];

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
    this.#sift(fleet, view.shows);
    const near = [...this.#cells.values()].filter((cell) => cell.near);
    for (const cell of near) cell.measure(view, this.#size.width - DOT);
    const shared = view.scale === "shared" ? rounded(near) : null;
    for (const cell of near) {
      cell.tell(view, fleet.ledger.of(cell.device.name).missing, fleet.heard);
      cell.draw(shared, this.#size, view.palette);
    }
  }

  get shown() {
    return this.element.querySelectorAll(".cell:not([hidden])").length;
  }

  get first() {
    return this.element.querySelector(".cell").dataset.device;
  }

  select(name) {
    this.#cells.get(name).radio.checked = true;
  }

  // Hides whom the filter does not mean; again only when there is another filter, device or label.
  #sift({ devices, births }, shows) {
    const state = [shows, devices.size, births];
    if (state.every((each, i) => each === this.#sifted[i])) return;
    this.#sifted = state;
    for (const cell of this.#cells.values()) cell.element.hidden = !shows(cell.device);
  }

  #add(device) {
    const cell = new Cell(device);
    this.#cells.set(device.name, cell);
    const later = ({ dataset }) => dataset.device && byName(dataset.device, device.name) > 0;
    const next = [...this.element.children].find(later);
    this.element.insertBefore(cell.element, next ?? null);
    this.#near.observe(cell.element);
  }

  #measure() {
    const plot = this.element.querySelector(".plot");
    if (plot) this.#size = { width: plot.clientWidth, height: plot.clientHeight };
  }
}

// One range for all cells, on round numbers so that it seldom moves.
function rounded(cells) {
  const [low, high] = extent(Math.min(...cells.map((cell) => cell.min)), Math.max(...cells.map((cell) => cell.max)), 0);
  const { step } = levels(low, high, 4);
  return [Math.floor(low / step) * step, Math.ceil(high / step) * step];
}
