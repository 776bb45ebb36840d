// The ledger: gaps and duplicates by (device, boot, seq), judged from the first seq that was seen.

const RANGES = 512; // ranges kept per device and boot; the oldest holes stay counted but can no longer be filled
const BOOTS = 4; // boots remembered per device

export class Ledger {
  constructor() {
    this.missing = 0;
    this.duplicates = 0;
    this.skipped = 0; // passed over by a reset, as the server itself said
    this.devices = new Map(); // device → {missing, duplicates, boots: boot → ranges [from, to] seen, sorted}
  }

  of(device) {
    let account = this.devices.get(device);
    if (!account) this.devices.set(device, (account = { missing: 0, duplicates: 0, boots: new Map() }));
    return account;
  }

  // A measurement that came over the stream.
  enter(device, boot, seq) {
    const account = this.of(device);
    const ranges = account.boots.get(boot);
    if (!ranges) return begin(account, boot, seq);
    const holes = add(ranges, seq);
    if (holes === null) return this.#count(account, "duplicates", 1);
    this.#count(account, "missing", holes);
    if (ranges.length > RANGES) ranges.shift();
  }

  // A position from a snapshot: judging goes on from there.
  begin(device, boot, seq) {
    const account = this.of(device);
    const ranges = account.boots.get(boot);
    if (ranges) this.skipped += Math.max(0, seq - ranges.at(-1)[1] - 1);
    begin(account, boot, seq);
  }

  #count(account, what, n) {
    account[what] += n;
    this[what] += n;
  }
}

function begin(account, boot, seq) {
  account.boots.delete(boot);
  account.boots.set(boot, [[seq, seq]]);
  if (account.boots.size > BOOTS) account.boots.delete(account.boots.keys().next().value);
}

// Adds `seq` to the ranges and returns by how much the missing grow (or shrink, below 0); null if it was there already.
function add(ranges, seq) {
  const last = ranges.at(-1);
  const hole = seq - last[1] - 1;
  if (hole > 0) ranges.push([seq, seq]);
  if (hole === 0) last[1] = seq;
  if (hole >= 0) return hole;
  if (seq < ranges[0][0]) return 0; // from before this page looked: not ours to judge
  const at = ranges.findLastIndex(([from]) => from <= seq);
  if (seq <= ranges[at][1]) return null;
  fill(ranges, at, seq);
  return -1;
}

// `seq` lies in the hole after range `at`: it lengthens a neighbour, joins both, or stands alone.
function fill(ranges, at, seq) {
  const before = ranges[at];
  const after = ranges[at + 1];
  if (seq === before[1] + 1) before[1] = seq;
  else if (seq === after[0] - 1) after[0] = seq;
  else ranges.splice(at + 1, 0, [seq, seq]);
  if (before[1] + 1 === after[0]) {
    before[1] = after[1];
    ranges.splice(at + 1, 1);
  }
}
