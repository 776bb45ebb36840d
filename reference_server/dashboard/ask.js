// Ask: one JSON document of the server's, as it is now. Throws where none comes.

const PATIENCE = 10_000; // ms

export async function ask(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(PATIENCE), cache: "no-store" });
  if (!response.ok) throw new Error(`${path} answered ${response.status} ${response.statusText}`.trim());
  return response.json();
}
