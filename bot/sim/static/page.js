// The demo page: everybody's phone side by side, the clock, and the ledger as it grows.
// It only talks to /sim/*; nothing is decided here.

import { call } from "./api.js";
import { drawClock, virtualNow, whileBusy } from "./clock.js";
import { followWidth, newestOfficer, phones, setView, show, withRole } from "./desk.js";
import { attempt, find, sleep, toast } from "./dom.js";
import { buildFilters, ledger } from "./ledger.js";
import { Phone } from "./phone.js";
import { connected, keepLooking, moveClock, POLL_MS, readEverything } from "./reading.js";
import { isoOf, nextMorning } from "./time.js";
import { playTour, stopTour } from "./tour.js";

async function fillSample() {
  await whileBusy(async () => {
    await call("/sim/sample", {});
    await readEverything();
    toast(`示例已填好，台账现有 ${ledger.items.length} 件`);
  });
}

const BUTTONS = {
  "#plus2h": () => moveClock({ advance: "PT2H" }),
  "#morning": () => moveClock({ to: isoOf(nextMorning(virtualNow())) }),
  "#next": () => moveClock({ to_next: true }),
  "#sample": fillSample,
  "#tour": playTour,
};

function connectControls() {
  for (const [selector, action] of Object.entries(BUTTONS)) {
    find(selector).addEventListener("click", () => attempt(action));
  }
  find("#stop").addEventListener("click", stopTour);
  find("[data-caption-close]").addEventListener("click", () => (find("#caption").hidden = true));
  find("#viewer").addEventListener("click", () => find("#viewer").close());
  for (const node of document.querySelectorAll("[data-view-button]")) {
    node.addEventListener("click", () => setView(node.dataset.viewButton));
  }
  followWidth();
}

async function buildPhones() {
  if (phones.length) {
    return; // a second try after a lost connection finds them on the table
  }
  const people = await call("/sim/people");
  people.forEach((person) => phones.push(new Phone(person)));
  find("#people").append(...phones.map((phone) => phone.chip));
  find("#phones").append(...phones.map((phone) => phone.node));
}

async function start() {
  connectControls();
  buildFilters();
  setInterval(drawClock, 250);
  while (!(await connected(buildPhones)) || !(await connected(readEverything))) {
    await sleep(POLL_MS);
  }
  phones.forEach((phone) => phone.setUnread(0));
  show(withRole("leader")[0], withRole("coordinator")[0], newestOfficer(), withRole("contact")[0]);
  await keepLooking();
}

attempt(start);
