// The fleet as this page knows it: per device the latest measurement and a series per quantity. Draws nothing.

import { Ledger } from "./ledger.js";
import { Rate } from "./rate.js";
import { Series } from "./series.js";

const QUIET = 5; // typical intervals without an event before a device counts as silent
const QUIET_MIN = 5000; // ms, however fast it reports
const FOLLOW = 0.1; // weight of a new interval between arrivals

export class Device {
  constructor(name) {
    this.name = name;
    this.boot = undefined;
    this.seq = undefined;
    this.time = NaN; // ms UTC on the device's clock
    this.arrived = 0; // ms on the page's clock
    this.every = 0; // ms between arrivals, smoothed
    this.events = 0;
    this.values = {}; // quantity → its latest reading
    this.series = new Map(); // quantity → what came over the stream
  }

  // What the device last said.
  show(measurement, now) {
    this.boot = measurement.boot ?? 0;
    this.seq = measurement.seq;
    this.time = measurement.ts ?? Date.now();
    this.arrived = now;
    Object.assign(this.values, readings(measurement));
  }

  record(measurement, now) {
    const interval = now - this.arrived;
    if (this.events) this.every += (this.events > 1 ? FOLLOW : 1) * (interval - this.every);
    this.events += 1;
    this.show(measurement, now);
    for (const [quantity, value] of Object.entries(readings(measurement))) {
      if (!this.series.has(quantity)) this.series.set(quantity, new Series());
      this.series.get(quantity).push(this.time, value);
    }
  }

  // Seconds of silence worth telling, or 0. Measured up to the latest event of any device: with the line cut,
  // it is this page that hears nothing.
  silence(heard) {
    const quiet = heard - this.arrived;
    return this.events > 1 && quiet > Math.max(QUIET_MIN, QUIET * this.every) ? Math.floor(quiet / 1000) : 0;
  }
}

export class Fleet {
  constructor() {
    this.devices = new Map();
    this.quantities = new Set();
    this.ledger = new Ledger();
    this.rate = new Rate();
    this.events = 0;
    this.heard = NaN; // when the last event came, ms on the page's clock
  }

  // A measurement that came over the stream.
  record(measurement, now) {
    const device = this.#device(measurement);
    device.record(measurement, now);
    if (device.seq !== undefined) this.ledger.enter(device.name, device.boot, device.seq);
    this.events += 1;
    this.heard = now;
    this.rate.count(now);
  }

  // Where every device stands, as the server tells it: the start, or a new start after a reset.
  restore(snapshot, now) {
    for (const { measurement } of Object.values(snapshot.devices)) {
      const device = this.#device(measurement);
      device.show(measurement, now);
      if (device.seq !== undefined) this.ledger.begin(device.name, device.boot, device.seq);
    }
  }

  // The fleet's own clock: the device clock that one in ten is ahead of, since a single clock may be years off.
  get time() {
    const all = [...this.devices.values()].map((device) => device.time);
    const times = Float64Array.from(all.filter(Number.isFinite)).sort();
    return times.length ? times[Math.min(times.length - 1, Math.floor(times.length * 0.9))] : Date.now();
  }

  #device(measurement) {
    const { device: name } = measurement;
    if (!this.devices.has(name)) this.devices.set(name, new Device(name));
    for (const quantity of Object.keys(readings(measurement))) this.quantities.add(quantity);
    return this.devices.get(name);
  }
}

// The numbers of a measurement by name; the plain form has one, called "value".
function readings({ values, value }) {
  if (values) return values;
  return value === undefined ? {} : { value };
}
