// The demo's clock, and the page's buttons while it hops.

import { call } from "./api.js";
import { find } from "./dom.js";
import { clockText, dayText, local, two, whenText } from "./time.js";

const RESTART_GAP_MS = 60_000;

export const clock = { base: 0, readAt: 0, next: null, known: false };

export const virtualNow = () => clock.base + (performance.now() - clock.readAt);

export function setClock(answer) {
  const now = Date.parse(answer.now);
  if (clock.known && now < virtualNow() - RESTART_GAP_MS) {
    location.reload(); // the demo was started afresh: what this page shows is gone
  }
  clock.base = now;
  clock.readAt = performance.now();
  clock.known = true;
  if ("next" in answer) {
    clock.next = answer.next && Date.parse(answer.next);
  }
  drawClock();
}

export function drawClock() {
  if (!clock.known) {
    return;
  }
  const now = virtualNow();
  find("[data-clock-day]").textContent = `${local(now).getUTCFullYear()}年${dayText(now)}`;
  find("[data-clock-time]").textContent = `${clockText(now)}:${two(local(now).getUTCSeconds())}`;
  find("[data-clock-next]").textContent = clock.next ? `下一个提醒 ${whenText(clock.next, now)}` : "暂无待发提醒";
  find("#next").disabled = !clock.next || isBusy();
}

export async function readClock() {
  setClock(await call("/sim/clock"));
}

// --- busy: the clock is hopping

const isBusy = () => document.body.classList.contains("busy");

export async function whileBusy(action) {
  setBusy(true);
  try {
    return await action();
  } finally {
    setBusy(false);
  }
}

function setBusy(busy) {
  document.body.classList.toggle("busy", busy);
  for (const id of ["#plus2h", "#morning", "#next", "#sample"]) {
    find(id).disabled = busy;
  }
  drawClock();
}
