// Axes: round spans, instants and levels. Knows no pixels.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const SPANS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 4, 7, 14, 28].map((n) => n * DAY),
];

// Round instants for a time axis over [from, to], at most `most` of them.
export function instants(from, to, most) {
  const step = SPANS.find((each) => (to - from) / each <= most) ?? 28 * DAY;
  const offset = new Date(to).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((from - offset) / step) * step + offset;
  const length = Math.max(0, Math.floor((to - first) / step) + 1);
  return { step, at: Array.from({ length }, (_, i) => first + i * step) };
}

// Round values for a value axis over [low, high], about `most` of them.
export function levels(low, high, most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((each) => each >= rough);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return { step, decimals, at: Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step) };
}
