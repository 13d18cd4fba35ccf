// The ledger as it grows: read, filtered, unfolded.

import { call } from "./api.js";
import { virtualNow } from "./clock.js";
import { setView } from "./desk.js";
import { button, element, find } from "./dom.js";
import { fillHistory, fillRow, isOverdue, newHistoryRow, newRow } from "./rows.js";
import { dayNumber } from "./time.js";
import { EMPTY_LEDGER } from "./words.js";

const FILTERS = [
  { key: "all", label: "全部", keeps: () => true },
  { key: "open", label: "在办", keeps: (item) => item.open },
  { key: "urgent", label: "急件", keeps: (item) => item.open && item.urgent },
  { key: "overdue", label: "超期", keeps: (item) => isOverdue(item) },
  { key: "ended", label: "已结", keeps: (item) => !item.open },
];

export const ledger = { items: [], rows: new Map(), filter: "all", open: null, seen: false };

export async function readLedger() {
  ledger.items = await call("/sim/ledger");
  drawLedger();
}

/** Open items first, the newest on top. */
export function inOrder(items) {
  return [...items].sort((a, b) => b.open - a.open || b.number.localeCompare(a.number));
}

function drawLedger() {
  const kept = inOrder(ledger.items.filter(FILTERS.find(({ key }) => key === ledger.filter).keeps));
  const nodes = kept.flatMap((item) => rowsOf(item));
  const body = find("#ledger tbody");
  if (nodes.length !== body.children.length || nodes.some((node, index) => node !== body.children[index])) {
    body.replaceChildren(...nodes);
  }
  find("#ledger").hidden = kept.length === 0;
  drawEmptyLedger(kept.length === 0);
  drawFilters();
  ledger.seen = true;
}

function drawEmptyLedger(empty) {
  const words = ledger.items.length ? EMPTY_LEDGER.filtered : EMPTY_LEDGER.blank;
  find("#ledger-empty").hidden = !empty;
  find("[data-empty-title]").textContent = words.title;
  find("[data-empty-text]").textContent = words.text;
}

function drawFilters() {
  for (const { key, keeps } of FILTERS) {
    const node = find(`[data-filter="${key}"]`);
    node.setAttribute("aria-pressed", String(key === ledger.filter));
    const count = ledger.items.filter(keeps).length;
    node.classList.toggle("none", count === 0);
    find("b", node).textContent = count;
  }
  const open = ledger.items.filter((item) => item.open).length;
  find("[data-ledger-count]").textContent = open || "";
}

/** The item's row and, when it is unfolded, its history; drawn anew only when something in it changed. */
function rowsOf(item) {
  const entry = entryOf(item.number);
  const content = JSON.stringify(item);
  const look = `${dayNumber(virtualNow())}|${isOverdue(item)}`; // "今天" and "超期" change by themselves
  if (entry.content !== content || entry.look !== look) {
    fillRow(entry.row, item);
  }
  if (entry.content !== content) {
    fillHistory(entry.history, item);
    flash(entry.row);
  }
  Object.assign(entry, { content, look });
  return ledger.open === item.number ? [entry.row, entry.history] : [entry.row];
}

function entryOf(number) {
  if (!ledger.rows.has(number)) {
    ledger.rows.set(number, { row: newRow(number, () => unfold(number)), history: newHistoryRow() });
  }
  return ledger.rows.get(number);
}

function flash(row) {
  if (ledger.seen) {
    row.classList.remove("changed");
    requestAnimationFrame(() => row.classList.add("changed"));
  }
}

function unfold(number, open = ledger.open !== number) {
  ledger.open = open ? number : null;
  for (const [each, { row }] of ledger.rows) {
    row.classList.toggle("unfolded", each === ledger.open);
    find("[data-open]", row).setAttribute("aria-expanded", String(each === ledger.open));
  }
  drawLedger();
}

export function openInLedger(number) {
  ledger.filter = "all";
  setView("ledger");
  unfold(number, true);
  ledger.rows.get(number)?.row.scrollIntoView({ block: "start" });
}

export function buildFilters() {
  for (const { key, label } of FILTERS) {
    const node = button("filter", label, () => {
      ledger.filter = key;
      drawLedger();
    });
    node.dataset.filter = key;
    node.append(element("b", "", "0"));
    find("#filters").append(node);
  }
}
