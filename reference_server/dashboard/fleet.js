// The fleet as this page knows it: per device the latest measurement and a series per quantity. Draws nothing.

import { Ledger } from "./ledger.js";
import { Rate } from "./rate.js";
import { decimalsOf, Series } from "./series.js";

const QUIET = 5; // typical intervals without an event before a device counts as silent
const QUIET_MIN = 5000; // ms, however fast it reports
const FOLLOW = 0.1; // weight of a new interval between arrivals

class Device {
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
    this.marks = []; // {quantity, time, what} of the faults that this page injected
    this.labels = {};
    this.sensors = new Map(); // quantity → {unit, step, range}, of its birth record
  }

  // What the device last said.
  show(measurement, now) {
    this.boot = measurement.boot ?? 0;
    this.seq = measurement.seq ?? this.seq;
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

  // What its birth record says.
  introduce({ labels, sensors }) {
    this.labels = labels ?? {};
    this.sensors = new Map(sensors.map((sensor) => [sensor.name, sensor]));
  }

  unit(quantity) {
    return this.sensors.get(quantity)?.unit ?? "";
  }

  // How many digits a reading deserves: as the sensor says, else the most seen.
  decimals(quantity) {
    const step = this.sensors.get(quantity)?.step;
    return step ? decimalsOf(step) : (this.series.get(quantity)?.decimals ?? 0);
  }

  // Whether a value is none that the sensor can measure.
  beyond(quantity, value) {
    const [low, high] = this.sensors.get(quantity)?.range ?? [-Infinity, Infinity];
    return value < low || value > high;
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
    this.births = 0;
    this.strangers = false; // whether a device, or a new boot of one, has come whose birth record is not known
    this.events = 0;
    this.heard = NaN; // when the last event came, ms on the page's clock
  }

  // A measurement that came over the stream.
  record(measurement, now) {
    const device = this.#device(measurement);
    device.record(measurement, now);
    if (measurement.seq !== undefined) this.ledger.enter(device.name, device.boot, measurement.seq);
    this.events += 1;
    this.heard = now;
    this.rate.count(now);
  }

  // Where every device stands, as the server tells it: the start, or a new start after a reset.
  restore(snapshot, now) {
    for (const { measurement } of Object.values(snapshot.devices)) {
      const device = this.#device(measurement);
      device.show(measurement, now);
      if (measurement.seq !== undefined) this.ledger.begin(device.name, device.boot, measurement.seq);
    }
  }

  // A fault that this page injects.
  mark(device, mark) {
    this.devices.get(device).marks.push(mark);
  }

  // A birth record. Of a device that has not measured yet there is nothing to show.
  introduce(birth) {
    this.devices.get(birth.device)?.introduce(birth);
    this.births += 1;
  }

  // The fleet's own clock: the latest device clock, but for one in ten at most that may be years off. Those are further
  // ahead of the rest than the rest are of the middle.
  get time() {
    const all = [...this.devices.values()].map((device) => device.time);
    const times = Float64Array.from(all.filter(Number.isFinite)).sort();
    const [middle, rest] = [0.5, 0.9].map((share) => times[Math.floor(times.length * share)]);
    return times.findLast((time) => time <= 2 * rest - middle) ?? Date.now();
  }

  #device(measurement) {
    const { device: name } = measurement;
    if (!this.devices.has(name)) this.devices.set(name, new Device(name));
    for (const quantity of Object.keys(readings(measurement))) this.quantities.add(quantity);
    const device = this.devices.get(name);
    if (device.boot !== (measurement.boot ?? 0)) this.strangers = true;
    return device;
  }
}

// The numbers of a measurement by name; the plain form has one, called "value".
function readings({ values, value }) {
  if (values) return values;
  return value === undefined ? {} : { value };
}
