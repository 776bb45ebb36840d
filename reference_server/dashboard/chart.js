// A chart: pure drawing of one series' pixel columns into a box of a context.

const ROOM = 0.08; // of the height, above and below the curve

// [low, high] to draw between: the data's own, wide enough that the last digit's flicker is no mountain.
export function extent(min, max, decimals) {
  if (!(min <= max)) return [0, 1];
  const least = 10 * 10 ** -decimals;
  const middle = (min + max) / 2;
  const half = Math.max(max - min, least) / 2;
  const room = 1 + 2 * ROOM;
  const low = middle - half * room;
  return [min >= 0 ? Math.max(low, -2 * half * ROOM) : low, middle + half * room];
}

export function level(value, [low, high], box) {
  return box.top + (1 - (value - low) / (high - low)) * box.height;
}

// The curve, broken where nothing was measured, over a light fill; and a dot at its end.
export function curve(context, columns, range, box, palette, { dot = true, weight = 1.25 } = {}) {
  const outline = new Path2D();
  const area = new Path2D();
  let previous = -Infinity;
  for (let x = 0; x < columns.low.length; x += 1) {
    if (Number.isNaN(columns.low[x])) continue;
    const joined = x - previous <= columns.reach;
    if (!joined) close(area, box, previous);
    column(outline, area, columns, x, joined, range, box);
    previous = x;
  }
  if (previous < 0) return;
  close(area, box, previous);
  context.fillStyle = palette.fill;
  context.fill(area);
  context.strokeStyle = palette.line;
  context.lineWidth = weight;
  context.lineJoin = "round";
  context.lineCap = "round";
  context.stroke(outline);
  if (dot) spot(context, box.left + previous + 0.5, level(columns.last[previous], range, box), palette);
}

// A dashed line with a cross on top for each mark in sight.
export function crosses(context, marks, { from, to }, box, palette) {
  context.strokeStyle = palette.bad;
  context.lineWidth = 1;
  for (const { time } of marks.filter((mark) => mark.time >= from && mark.time <= to)) {
    const x = Math.floor(box.left + ((time - from) / (to - from)) * box.width) + 0.5;
    const path = new Path2D(`M${x - 3} ${box.top}l6 6m0 -6l-6 6`);
    for (let y = box.top + 8; y < box.top + box.height; y += 5) path.addPath(new Path2D(`M${x} ${y}v2`));
    context.stroke(path);
  }
}

function column(outline, area, columns, x, joined, range, box) {
  const left = box.left + x + 0.5;
  const bottom = box.top + box.height;
  const first = level(columns.first[x], range, box);
  if (joined) outline.lineTo(left, first);
  else {
    outline.moveTo(left - 0.5, first);
    area.moveTo(left, bottom);
  }
  for (const name of ["first", "low", "high", "last"]) outline.lineTo(left, level(columns[name][x], range, box));
  area.lineTo(left, level(columns.low[x], range, box));
}

function close(area, box, x) {
  if (x < 0) return;
  area.lineTo(box.left + x + 0.5, box.top + box.height);
  area.closePath();
}

function spot(context, x, y, palette) {
  context.beginPath();
  context.arc(x, y, 2.2, 0, 2 * Math.PI);
  context.fillStyle = palette.line;
  context.fill();
}
