// Format: numbers, durations and times of day as the page writes them.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function count(number) {
  return whole.format(number);
}

export function reading(value, decimals) {
  return Number.isFinite(value) ? value.toFixed(decimals) : "–";
}

const SIGNS = { Cel: "°C", "%RH": "% RH", deg: "°", m3: "m³", "W/m2": "W/m²" }; // of UCUM codes that people write otherwise

export function sign(unit) {
  return SIGNS[unit] ?? unit;
}

// 21.4 °C, with a narrow space that does not break
export function withUnit(text, unit) {
  return unit ? `${text}\u202f${sign(unit)}` : text;
}

export function rate(perSecond) {
  return perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : count(perSecond);
}

// 90 s → "1 min 30 s"; two units at most
export function duration(ms) {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return pair(seconds, 60, "min", 1, "s");
  if (seconds < 86_400) return pair(seconds, 3600, "h", 60, "min");
  return pair(seconds, 86_400, "d", 3600, "h");
}

function pair(seconds, major, majorName, minor, minorName) {
  const rest = Math.floor((seconds % major) / minor);
  return `${Math.floor(seconds / major)} ${majorName}${rest ? ` ${rest} ${minorName}` : ""}`;
}

export function clock(ms, withDay = false) {
  const at = new Date(ms);
  const two = (n) => String(n).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return withDay ? `${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}` : time;
}

export function instant(ms) {
  if (!Number.isFinite(ms)) return "–";
  return `${new Date(ms).getFullYear()}-${clock(ms, true)}:${String(new Date(ms).getSeconds()).padStart(2, "0")}`;
}
