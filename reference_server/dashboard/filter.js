// Filter: which devices a line of text means. Words must all match: part of a name or of a label's value, or key=value.

export function matcher(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return ({ name, labels }) => words.every((word) => matches(word, name.toLowerCase(), labels));
}

function matches(word, name, labels) {
  const pairs = Object.entries(labels).map(([key, value]) => [key.toLowerCase(), value.toLowerCase()]);
  const [key, value] = word.split(/=(.*)/s);
  if (value !== undefined) return pairs.some((pair) => pair[0] === key && pair[1].startsWith(value));
  return name.includes(word) || pairs.some((pair) => pair[1].includes(word));
}

// Every key=value that occurs, in order, without those that all devices share: they would select nothing.
export function choices(devices) {
  const counts = new Map();
  for (const { labels } of devices) {
    for (const [key, value] of Object.entries(labels)) counts.set(`${key}=${value}`, (counts.get(`${key}=${value}`) ?? 0) + 1);
  }
  return [...counts].filter(([, n]) => n < devices.length).map(([pair]) => pair).sort();
}
