// Births: units, steps, ranges and labels, as devices gave them; asked for when one speaks that has not been asked about.

import { ask } from "./ask.js";

const PAUSE = 2000; // ms between two questions

export class Births {
  #fleet;
  #busy = false;

  constructor(fleet) {
    this.#fleet = fleet;
  }

  // Whoever has no birth record is shown without: that is no error.
  async update() {
    if (this.#busy || !this.#fleet.strangers) return;
    this.#busy = true;
    this.#fleet.strangers = false;
    try {
      for (const birth of await ask("/devices")) this.#fleet.introduce(birth);
    } catch {
      this.#fleet.strangers = true; // another time
    }
    setTimeout(() => (this.#busy = false), PAUSE);
  }
}
