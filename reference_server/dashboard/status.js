// The status: is the stream alive, how much comes, and is all of it there. For people in words, for programs in data-*.

import { byId, make, write } from "./elements.js";
import { clock, count, duration, rate } from "./format.js";

const SOON = 1000; // ms

export class Status {
  #root = document.documentElement;
  #word = "connecting";
  #detail = {};
  #resets = 0;
  #passed = 0; // measurements that resets passed over before the latest one
  #reset = null;

  get live() {
    return this.#word === "live";
  }

  constructor({ again }) {
    byId("again").addEventListener("click", again);
    byId("note").addEventListener("click", (event) => {
      if (event.target.matches("button")) byId("note").hidden = true;
    });
  }

  // What the stream says of itself.
  state(word, detail) {
    this.#word = word;
    this.#detail = detail;
    this.#root.dataset.state = word;
    write(byId("state-word"), word);
    byId("again").hidden = word !== "closed";
    document.title = word === "live" ? "eventbahn" : `${word} · eventbahn`;
  }

  reset({ reason }, { skipped }) {
    this.#resets += 1;
    this.#passed = skipped;
    this.#reset = { reason, at: Date.now() };
  }

  // How many tabs hold one of the `most` connections each.
  tabs(number, most) {
    byId("six").hidden = false;
    byId("tabs").hidden = number < most - 1;
    const next = number < most ? "One more tab of this host will load, the next will wait" : "No other tab of this host will load";
    write(
      byId("tabs"),
      `${number} tabs of this browser hold a stream each, and over HTTP/1.1 it opens ${most} connections to one host. ` +
        `${next}: close one, or put a proxy that speaks HTTP/2 in front of the server.`,
    );
  }

  // After a reset, the snapshot from which the page went on.
  recovered({ skipped }) {
    if (!this.#reset) return;
    const { reason, at } = this.#reset;
    this.#reset = null;
    const passed = skipped - this.#passed;
    const words =
      `Reset at ${clock(at)} (${reason}): the server no longer had this page's position. ` +
      `It went on from a snapshot; measurements passed over: ${count(passed)}.`;
    byId("note").replaceChildren(make("span", {}, words), make("button", { type: "button" }, "Dismiss"));
    byId("note").hidden = false;
  }

  update(fleet, now) {
    const { ledger } = fleet;
    write(byId("rate"), rate(fleet.rate.at(now)));
    write(byId("events"), count(fleet.events));
    write(byId("devices"), count(fleet.devices.size));
    proof("gaps", ledger.missing);
    proof("duplicates", ledger.duplicates);
    write(byId("age"), this.#age(fleet.heard, now));
    Object.assign(this.#root.dataset, {
      devices: fleet.devices.size,
      events: fleet.events,
      gaps: ledger.missing,
      duplicates: ledger.duplicates,
      skipped: ledger.skipped,
      resets: this.#resets,
    });
  }

  #age(heard, now) {
    const last = lastEvent(heard, now);
    if (this.#word !== "closed") return last;
    return `${this.#detail.why}; next try in ${duration(Math.max(0, this.#detail.next - now) + 999)} · ${last}`;
  }
}

function lastEvent(heard, now) {
  if (Number.isNaN(heard)) return "no event yet";
  return now - heard < SOON ? "event less than 1 s ago" : `last event ${duration(now - heard)} ago`;
}

function proof(id, number) {
  write(byId(id), count(number));
  byId(`${id}-figure`).classList.toggle("bad", number > 0);
}
