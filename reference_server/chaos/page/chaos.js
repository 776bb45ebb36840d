// The chaos panel: break something of the demo, see that nothing is lost, and read what happened.

import { clock, count, duration, withUnit } from "/static/format.js";
import { fleet } from "/static/main.js";
import { TAB } from "/static/stream.js";

const root = document.documentElement;
const told = document.createElement("output");
const panel = Object.assign(document.createElement("section"), { id: "chaos", ariaLabel: "Break something" });
const BACK = 60_000; // ms that a recovery may take

const figures = () => ({ events: +root.dataset.events, gaps: +root.dataset.gaps, resets: +root.dataset.resets });

async function post(path, body) {
  const options = { method: "POST", body, headers: body && { "Content-Type": "application/json" } };
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

// Wait until the page shows what `holds` says of it.
function until(holds) {
  return new Promise((done, fail) => {
    const observer = new MutationObserver(() => holds() && finish(done));
    const late = setTimeout(() => finish(() => fail(new Error("the stream did not come back within a minute"))), BACK);
    const finish = (end) => {
      observer.disconnect();
      clearTimeout(late);
      end();
    };
    observer.observe(root, { attributes: true });
    if (holds()) finish(done);
  });
}

// Break the stream, and say how it came back.
async function broken(path, what) {
  const before = figures();
  const begin = performance.now();
  await post(path);
  await until(() => root.dataset.state !== "live");
  const down = figures();
  await until(() => root.dataset.state === "live" && figures().events > down.events);
  const after = figures();
  const ms = performance.now() - begin;
  const how = after.resets > before.resets
    ? "Its log was gone, so the page was told by a reset and took a snapshot"
    : "The browser came back by itself with the last id it had seen";
  return `${what} ${how}, after ${(ms / 1000).toFixed(1)} s. ${since(before, after)}`;
}

function since(before, after) {
  const gaps = after.gaps - before.gaps;
  const events = `${count(after.events - before.events)} events since`;
  return gaps ? `${events}, and ${count(gaps)} are missing.` : `${events}, not one missing.`;
}

async function stall() {
  tell("A second reader takes nothing for ten seconds. Watch events/s: nobody waits for it …");
  const before = figures();
  const { seconds, events, missing } = await post("/demo/stall");
  const meanwhile = since(before, figures());
  const then = `read on: ${count(events)} events, ${missing ? `${count(missing)} missing` : "not one missing"}`;
  return `A second reader took nothing for ${duration(1000 * seconds)}, then ${then}. This page meanwhile: ${meanwhile}`;
}

// One reading beyond what the sensor can measure, by the front door; without a seq it is no part of the device's sequence.
async function spike() {
  const device = fleet.devices.get(document.getElementById("detail").dataset.device);
  const quantity = document.querySelector("#quantities input:checked").value;
  const [low, high] = device.sensors.get(quantity)?.range ?? [0, 2 * (device.values[quantity] ?? 1)];
  const value = Math.round(high + (high - low) / 10);
  const ts = device.time + 1;
  fleet.mark(device.name, { quantity, time: ts, what: "injected" });
  const measurement = { device: device.name, boot: device.boot, ts, values: { [quantity]: value } };
  await post("/measurements", JSON.stringify(measurement));
  const reading = withUnit(count(value), device.unit(quantity));
  return `${device.name} said ${quantity} ${reading} once at ${clock(ts)}, marked in its charts: a single sample is never averaged away.`;
}

const ACTIONS = [
  ["Cut my stream", () => broken("/demo/cut?tab=" + TAB, "The server reset this page's connection.")],
  ["Stall a reader", stall],
  ["Restart the server", () => broken("/demo/restart", "The server ended and was started again on its port.")],
  ["Fault a sensor", spike],
];

function tell(text) {
  told.textContent = text;
}

async function run(action) {
  panel.dataset.busy = "";
  for (const button of buttons) button.disabled = true;
  try {
    tell(await action());
  } catch (error) {
    tell(`That did not work: ${error.message}`);
  }
  for (const button of buttons) button.disabled = false;
  delete panel.dataset.busy;
}

const buttons = ACTIONS.map(([name, action]) => {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
  button.addEventListener("click", () => run(action));
  return button;
});
panel.append("Break something:", ...buttons, told);
document.querySelector(".notes").append(panel);
