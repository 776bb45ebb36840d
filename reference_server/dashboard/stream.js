// The stream: snapshot first, then every event after it; whatever breaks, it comes back, and says in which state it is.

import { ask } from "./ask.js";
import { Watchdog } from "./watchdog.js";

const FIRST_WAIT = 1000; // ms before another try when the browser has given up; doubles up to LONGEST_WAIT
const LONGEST_WAIT = 30_000;

// By this name a server can tell this page's stream from those of other tabs.
export const TAB = Math.round(performance.timeOrigin * 1000).toString(36);

// `sink` has snapshot(snapshot), measurement(measurement), reset(reset) and state(word, detail);
// the states are connecting, live, reconnecting (the browser tries by itself) and closed (we try, at `detail.next`).
export class Stream {
  #sink;
  #source = null;
  #timer = 0;
  #wait = FIRST_WAIT;
  #last = null;
  #watchdog = new Watchdog((silence) => this.#later(`not a byte for ${Math.round(silence / 1000)} s`));

  constructor(sink) {
    this.#sink = sink;
  }

  // Take a snapshot and follow the events from its position.
  async start() {
    this.#stop();
    this.#sink.state("connecting", {});
    try {
      const snapshot = await ask("/snapshot");
      this.#sink.snapshot(snapshot);
      this.#follow(snapshot.last_id);
    } catch (error) {
      this.#later(error.message);
    }
  }

  // Go on where we were; without a position yet, start.
  resume() {
    this.#stop();
    if (this.#last === null) this.start();
    else this.#follow(this.#last);
  }

  #follow(id) {
    this.#last = id;
    const source = new EventSource(`/events?lastEventId=${encodeURIComponent(id)}&watchdog=1&tab=${TAB}`);
    this.#source = source;
    source.addEventListener("open", () => {
      this.#watchdog.hear();
      this.#sink.state("live", {});
    });
    source.addEventListener("heartbeat", () => this.#watchdog.beat());
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) this.#later("the server refused the stream");
      else {
        this.#watchdog.stop(); // the browser knows that the line is down
        this.#sink.state("reconnecting", {});
      }
    });
    source.addEventListener("measurement", (event) => {
      this.#last = event.lastEventId || this.#last;
      this.#wait = FIRST_WAIT;
      this.#watchdog.hear();
      this.#sink.measurement(JSON.parse(event.data));
    });
    source.addEventListener("reset", (event) => this.#reset(JSON.parse(event.data)));
  }

  // Our position is not in the server's log. The first reset is answered at once; one that comes with every try waits.
  #reset(reset) {
    this.#sink.reset(reset);
    this.#last = null;
    if (this.#wait > FIRST_WAIT) {
      this.#later(`reset: ${reset.reason}`);
    } else {
      this.#wait *= 2;
      this.start();
    }
  }

  #later(why) {
    this.#stop();
    this.#sink.state("closed", { why, next: performance.now() + this.#wait });
    this.#timer = setTimeout(() => this.resume(), this.#wait);
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#watchdog.stop();
    this.#source?.close();
    this.#source = null;
  }
}
