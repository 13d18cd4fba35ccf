// Reads the service again and again, and at once when something was done.

import { call } from "./api.js";
import { readClock, setClock, whileBusy } from "./clock.js";
import { opened, phones } from "./desk.js";
import { find, sleep } from "./dom.js";
import { readLedger } from "./ledger.js";

export const POLL_MS = 1000;
const GATHER_MS = 50; // several actions in a row make one round of reading

let hiddenTurn = 0;

/** One look: clock, ledger, the visible phones, and one of the others for its badge. */
async function look() {
  await readClock();
  await readLedger();
  for (const phone of [...opened]) {
    await phone.read();
  }
  const others = phones.filter((phone) => !phone.visible);
  if (others.length) {
    hiddenTurn = (hiddenTurn + 1) % others.length;
    await others[hiddenTurn].read();
  }
}

export async function readEverything() {
  await readClock();
  await readLedger();
  for (const phone of phones) {
    await phone.read();
  }
}

let soon = null;

/** After something was done: the other phones may have rung. */
export function readEverythingSoon() {
  soon ??= setTimeout(() => {
    soon = null;
    readEverything().catch(() => {}); // the next look reports a lost connection
  }, GATHER_MS);
}

/** Moves the demo's clock and shows all that happened on the way. */
export async function moveClock(to) {
  await whileBusy(async () => {
    setClock(await call("/sim/clock", to));
    await readEverything();
  });
}

/** Tries it, and tells by the banner whether the service answers. */
export async function connected(action) {
  const online = await action().then(() => true, () => false);
  find("#offline").hidden = online;
  return online;
}

export async function keepLooking() {
  for (;;) {
    await sleep(POLL_MS);
    if (!document.hidden) {
      await connected(look);
    }
  }
}
