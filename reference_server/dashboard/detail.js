// The detail: the selected device, one panel per quantity over one time axis.

import { make, write } from "./elements.js";
import { count, instant } from "./format.js";
import { Panel } from "./panel.js";

const STEP = 8; // px per arrow key

export class Detail {
  #panels = new Map();
  #device = null;
  #pointer = null; // px from the left of the plots

  constructor(element) {
    this.element = element;
    this.title = make("h2", { id: "detail-title" });
    this.facts = make("dl");
    const ariaLabel = "Charts: arrow keys read values, Escape leaves";
    this.body = make("div", { className: "panels", tabIndex: 0, role: "group", ariaLabel });
    element.append(this.title, this.facts, this.body);
    this.body.addEventListener("pointermove", (event) => {
      const plot = this.body.querySelector(".plot");
      if (plot) this.#pointer = event.clientX - plot.getBoundingClientRect().left;
    });
    this.body.addEventListener("pointerleave", () => (this.#pointer = null));
    this.body.addEventListener("keydown", (event) => this.#key(event));
    this.body.addEventListener("blur", () => (this.#pointer = null));
  }

  show(device) {
    this.#device = device;
    this.#panels.clear();
    this.body.replaceChildren();
    write(this.title, device.name);
    this.element.dataset.device = device.name;
  }

  update(fleet, { window, palette }) {
    if (!this.#device) return;
    this.#tell(fleet.ledger.of(this.#device.name));
    for (const quantity of Object.keys(this.#device.values)) if (!this.#panels.has(quantity)) this.#add(quantity);
    const panels = [...this.#panels.values()];
    for (const panel of panels) panel.draw(this.#device, window, palette, this.#pointer, panel === panels.at(-1));
  }

  // What the pointer does, by arrow keys.
  #key(event) {
    const width = this.body.querySelector(".plot")?.clientWidth ?? 0;
    const at = this.#pointer ?? width;
    const places = { ArrowLeft: at - STEP, ArrowRight: at + STEP, Home: 0, End: width, Escape: null };
    if (!(event.key in places)) return;
    event.preventDefault();
    const place = places[event.key];
    this.#pointer = place === null ? null : Math.min(width, Math.max(0, place));
  }

  #add(quantity) {
    const panel = new Panel(quantity);
    this.#panels.set(quantity, panel);
    this.body.append(panel.element);
  }

  #tell({ missing, duplicates }) {
    const { boot, seq, events, time } = this.#device;
    const facts = {
      seq: seq ?? "none",
      events: count(events),
      gaps: count(missing),
      duplicates: count(duplicates),
      clock: instant(time),
      boot,
    };
    const all = [...Object.entries(facts), ...Object.entries(this.#device.labels)];
    while (this.facts.children.length > all.length) this.facts.lastChild.remove();
    for (const [at, words] of all.entries()) {
      if (at === this.facts.children.length) this.facts.append(make("div", {}, make("dt"), make("dd")));
      for (const [i, word] of words.entries()) write(this.facts.children[at].children[i], word);
    }
  }
}
