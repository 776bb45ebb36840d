// The page: stream → fleet → (in frames) status, grid and detail. The only place that knows them all.

import { Births } from "./births.js";
import { Palette } from "./canvas.js";
import { Detail } from "./detail.js";
import { byId, make, write } from "./elements.js";
import { Fleet } from "./fleet.js";
import { choices, matcher } from "./filter.js";
import { sign } from "./format.js";
import { everyFrame } from "./frames.js";
import { Grid } from "./grid.js";
import { Status } from "./status.js";
import { Stream } from "./stream.js";
import { countTabs } from "./tabs.js";
import { fillSpans, shownWindow } from "./window.js";

export const fleet = new Fleet();
const palette = new Palette();
const births = new Births(fleet);
const view = { quantity: null, device: null, shows: matcher("") };

const stream = new Stream({
  snapshot(snapshot) {
    fleet.restore(snapshot, performance.now());
    status.recovered(fleet.ledger);
    byId("empty").dataset.known = "";
  },
  measurement: (measurement) => fleet.record(measurement, performance.now()),
  reset: (reset) => status.reset(reset, fleet.ledger),
  state(word, detail) {
    status.state(word, detail);
    status.update(fleet, performance.now());
  },
});
const status = new Status({ again: () => stream.resume() });
const grid = new Grid(byId("grid"), select);
const detail = new Detail(byId("detail"));

function select(name) {
  view.device = name;
  detail.show(fleet.devices.get(name));
}

// Quantities are what the devices send; the first one seen is shown first.
function offerQuantities() {
  const box = byId("quantities");
  for (const quantity of fleet.quantities) {
    if ([...box.querySelectorAll("input")].some((input) => input.value === quantity)) continue;
    const checked = view.quantity === null;
    const input = make("input", { type: "radio", name: "quantity", value: quantity, checked });
    view.quantity ??= quantity;
    box.append(make("label", {}, input, quantity, make("span", { className: "unit" })));
  }
}

// Labels and units are what the devices were born with.
function offerBirths() {
  const list = byId("labels");
  if (list.dataset.births === String(fleet.births)) return;
  list.dataset.births = fleet.births;
  for (const label of byId("quantities").querySelectorAll("label")) {
    const units = new Set([...fleet.devices.values()].map((device) => device.unit(label.firstChild.value)).filter(Boolean));
    write(label.lastChild, units.size === 1 ? sign(...units) : "");
  }
  list.replaceChildren(...choices([...fleet.devices.values()]).map((pair) => new Option("", pair)));
}

function draw(now) {
  status.update(fleet, now);
  if (status.live) births.update();
  const empty = fleet.devices.size === 0;
  byId("empty").hidden = !empty || byId("empty").dataset.known === undefined;
  byId("board").hidden = empty;
  if (empty) return;
  offerQuantities();
  offerBirths();
  const shown = { ...view, palette, scale: byId("scale").value, window: shownWindow(fleet, byId("span").value) };
  grid.update(fleet, shown);
  write(byId("found"), byId("filter").value.trim() ? `${grid.shown} of ${fleet.devices.size}` : "");
  if (view.device === null) {
    select(grid.first);
    grid.select(view.device);
  }
  detail.update(fleet, shown);
}

fillSpans(byId("span"));
byId("quantities").addEventListener("change", (event) => (view.quantity = event.target.value));
write(byId("fleet-command"), `eventbahn fleet run office --url ${location.origin}`);
write(
  byId("post-command"),
  `curl -H 'Content-Type: application/json' -d '{"device": "sensor-03", "value": 19.2}' ${location.origin}/measurements`,
);
byId("filter").addEventListener("input", (event) => (view.shows = matcher(event.target.value)));
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input[type=search]")) return;
  event.preventDefault();
  byId("filter").focus();
});
countTabs((...numbers) => status.tabs(...numbers));
everyFrame(draw);
stream.start();
