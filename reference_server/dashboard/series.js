// Series: the latest samples of one quantity of one device in a ring, and their extremes per pixel column.

const CAPACITY = 2048; // samples; 32 KiB a series
const MEDIAN_STEP = 1.05; // how fast the typical interval follows, per sample
const BREAK = 5; // a line is broken where samples are further apart than this many typical intervals

export class Series {
  constructor(capacity = CAPACITY) {
    this.times = new Float64Array(capacity); // ms
    this.values = new Float64Array(capacity);
    this.start = 0;
    this.length = 0;
    this.interval = 0; // ms between samples, a running median
    this.decimals = 0; // most seen, so that 21 reads 21.0 beside 21.4
    this.version = 0;
  }

  push(time, value) {
    const capacity = this.times.length;
    const step = time - this.newest;
    const at = (this.start + this.length) % capacity;
    this.times[at] = time;
    this.values[at] = value;
    if (this.length < capacity) this.length += 1;
    else this.start = (this.start + 1) % capacity;
    if (step > 0) {
      this.interval = this.interval ? this.interval * (step > this.interval ? MEDIAN_STEP : 1 / MEDIAN_STEP) : step;
    }
    this.decimals = Math.max(this.decimals, decimalsOf(value));
    this.version += 1;
  }

  get newest() {
    return this.length ? this.times[(this.start + this.length - 1) % this.times.length] : NaN;
  }

  // Whether a device whose latest measurement is of `time` has left this quantity out for a while.
  absent(time) {
    return time - this.newest > BREAK * this.interval && this.length > 1;
  }

  get oldest() {
    return this.length ? this.times[this.start] : NaN;
  }

  get last() {
    return this.length ? this.values[(this.start + this.length - 1) % this.times.length] : NaN;
  }

  // Every sample in [from, to] falls into one of `width` columns, which keeps its first, lowest, highest and last
  // value: however many share a column, a spike of one sample stays visible. Samples may come in any order.
  columns(from, to, width) {
    const found = { from, to, min: Infinity, max: -Infinity };
    for (const each of ["first", "low", "high", "last"]) found[each] = new Float64Array(width).fill(NaN);
    const scale = width / (to - from);
    for (let i = 0; i < this.length; i += 1) {
      const at = (this.start + i) % this.times.length;
      const x = Math.floor((this.times[at] - from) * scale);
      if (x >= 0 && x < width) place(found, x, this.values[at]);
    }
    found.reach = Math.max(2, BREAK * this.interval * scale); // columns that a line may cross
    return found;
  }
}

function place(found, x, value) {
  if (Number.isNaN(found.first[x])) found.first[x] = found.low[x] = found.high[x] = value;
  else if (value < found.low[x]) found.low[x] = value;
  else if (value > found.high[x]) found.high[x] = value;
  found.last[x] = value;
  if (value < found.min) found.min = value;
  if (value > found.max) found.max = value;
}

export function decimalsOf(value) {
  if (Number.isInteger(value)) return 0;
  const [, fraction = ""] = String(value).split(".");
  return Math.min(fraction.length, 3);
}
