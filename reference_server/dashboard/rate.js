// Events per second over the last few whole seconds.

const SECONDS = 5;

export class Rate {
  constructor() {
    this.buckets = new Map(); // whole second → events
    this.since = NaN;
  }

  count(now) {
    const second = Math.floor(now / 1000);
    if (Number.isNaN(this.since)) this.since = second;
    this.buckets.set(second, (this.buckets.get(second) ?? 0) + 1);
    if (this.buckets.size > SECONDS + 1) this.buckets.delete(this.buckets.keys().next().value);
  }

  at(now) {
    const second = Math.floor(now / 1000);
    const seconds = Math.min(SECONDS, second - this.since);
    if (!(seconds > 0)) return this.buckets.get(second) ?? 0;
    let events = 0;
    for (let each = second - seconds; each < second; each += 1) events += this.buckets.get(each) ?? 0;
    return events / seconds;
  }
}
