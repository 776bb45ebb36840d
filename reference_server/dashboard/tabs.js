// Tabs: how many of this browser hold a stream of this host, and whether that leaves a connection for another one.

const CONNECTIONS = 6; // to one host over HTTP/1.1
const LOCK = "eventbahn stream";
const EVERY = 2000; // ms between two looks

// Calls `tell` with the number of tabs (0: unknown) and the limit whenever the number changes; never over HTTP/2 and 3,
// where streams share a connection. The browser itself keeps the count, by a lock that all tabs hold and that dies with
// its tab; it does so only where the context is secure (https, localhost).
export function countTabs(tell) {
  navigator.locks?.request(LOCK, { mode: "shared" }, () => new Promise(() => {}));
  let known = -1;
  setInterval(async () => {
    if (protocol() !== "http/1.1") return;
    const { held } = navigator.locks ? await navigator.locks.query() : { held: [] };
    const tabs = held.filter(({ name }) => name === LOCK).length;
    if (tabs !== known) tell((known = tabs), CONNECTIONS);
  }, EVERY);
}

// Of the first answer that did not come from the cache, for those have none.
function protocol() {
  const entries = ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind));
  return entries.map(({ nextHopProtocol }) => nextHopProtocol).find(Boolean);
}
