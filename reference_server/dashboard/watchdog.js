// The watchdog: barks when nothing at all, not even a heartbeat, has come for longer than the server is ever silent.

const PATIENCE = 40_000; // ms before a heartbeat was heard: two and a half of a server's usual fifteen seconds
const LONGEST = 600_000; // ms
const TIMES = 2.5; // heartbeats that may be missed

export class Watchdog {
  #bark;
  #timer = 0;
  #heard = 0;
  #patience = PATIENCE;

  constructor(bark) {
    this.#bark = bark;
  }

  // Something came: wait anew. One timer per silence, not per event.
  hear() {
    this.#heard = performance.now();
    if (!this.#timer) this.#wait(this.#patience);
  }

  // A heartbeat comes after a silence of the server's interval: so this is where the interval is learnt.
  beat() {
    this.#patience = Math.min(LONGEST, Math.max(PATIENCE, TIMES * (performance.now() - this.#heard)));
    this.hear();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  #wait(ms) {
    this.#timer = setTimeout(() => {
      const left = this.#heard + this.#patience - performance.now();
      if (left > 0) return this.#wait(left);
      this.#timer = 0;
      const silence = performance.now() - this.#heard;
      this.#patience = Math.min(LONGEST, 2 * this.#patience); // perhaps this server's heart beats slower
      this.#bark(silence);
    }, ms);
  }
}
