// The time window that all charts share: which span, and its right edge on the fleet's own clock.

import { SPANS } from "./axes.js";

const CHOICES = ["auto", "1 min", "10 min", "1 h", "6 h", "24 h", "7 d"];
const MS = { min: 60_000, h: 3_600_000, d: 86_400_000 };

export function fillSpans(select) {
  select.append(...CHOICES.map((name) => new Option(name, name)));
}

// {span, to} in ms. "auto" takes the smallest round span that shows all there is.
export function shownWindow(fleet, choice) {
  const to = fleet.time;
  return { span: choice === "auto" ? covering(fleet, to) : spanOf(choice), to };
}

// The window in whole pixel columns, so that a chart moves, and is drawn again, only when it has moved by one.
export function inColumns({ span, to }, width) {
  const each = span / width;
  const edge = (Math.floor(to / each) + 1) * each;
  return { from: edge - span, to: edge };
}

function spanOf(choice) {
  const [n, unit] = choice.split(" ");
  return Number(n) * MS[unit];
}

function covering(fleet, to) {
  let oldest = to;
  for (const device of fleet.devices.values()) {
    for (const series of device.series.values()) if (series.oldest < oldest) oldest = series.oldest;
  }
  return SPANS.find((span) => span >= to - oldest) ?? SPANS.at(-1);
}
