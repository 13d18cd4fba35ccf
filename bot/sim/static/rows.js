// One row of the ledger and its history, drawn from an item.

import { virtualNow } from "./clock.js";
import { element, find, stamp } from "./dom.js";
import { clockText, dayText, millis, whenText } from "./time.js";
import { CATEGORIES, FLAGS, SERVICE, STATES } from "./words.js";

const IN_WORK = new Set(["registered", "triage", "assigned", "handling"]);

export function isOverdue(item) {
  return IN_WORK.has(item.state) && item.due_at !== null && millis(item.due_at) < virtualNow();
}

export function newRow(number, onClick) {
  const row = stamp("row-template");
  row.dataset.number = number;
  row.addEventListener("click", onClick);
  row.addEventListener("animationend", () => row.classList.remove("changed"));
  return row;
}

export function newHistoryRow() {
  const row = element("tr", "history");
  const cell = document.createElement("td");
  cell.colSpan = 5;
  row.append(cell);
  return row;
}

export function fillRow(row, item) {
  const now = virtualNow();
  const set = (name, text) => (find(`[data-${name}]`, row).textContent = text);
  const state = STATES[item.state] ?? { label: item.state, tone: "grey" };
  set("open", item.number);
  set("enterprise", item.enterprise ?? item.contact ?? "未绑定企业");
  set("category", [CATEGORIES[item.category] ?? item.category, item.grade_name].filter(Boolean).join(" "));
  set("state", state.label);
  set("lead", item.lead ?? "待定");
  set("officer", item.officer ?? "");
  set("due", item.due_at ? whenText(millis(item.due_at), now) : "待定");
  set("check", item.next_check_at ? whenText(millis(item.next_check_at), now) : "");
  find("[data-state]", row).dataset.tone = state.tone;
  row.dataset.state = item.state;
  row.classList.toggle("overdue", isOverdue(item));
  row.classList.toggle("ended", !item.open);
  find("[data-marks]", row).replaceChildren(...marksOf(item));
}

function marksOf(item) {
  const marks = [];
  if (item.urgent) {
    marks.push(element("span", "mark urgent", "急"));
  }
  if (isOverdue(item)) {
    marks.push(element("span", "mark late", "超期"));
  }
  if (item.flag === "red" || item.flag === "black") { // green is nearly everything and says nothing
    const mark = element("span", "mark flag", FLAGS[item.flag] ?? item.flag);
    mark.dataset.flag = item.flag;
    marks.push(mark);
  }
  return marks;
}

export function fillHistory(row, item) {
  const list = element("ol", "events");
  list.append(...item.events.map(eventNode));
  const quote = item.text ? [element("blockquote", "quote", item.text)] : [];
  row.firstElementChild.replaceChildren(...quote, list);
}

function eventNode(event) {
  const node = stamp("event-template");
  const at = Date.parse(event.at);
  const [what, ...details] = (event.text || event.action).split(" "); // the text opens with the name of the action
  find("[data-action]", node).textContent = what;
  find("[data-actor]", node).textContent = event.actor || SERVICE;
  find("[data-at]", node).textContent = `${dayText(at)} ${clockText(at)}`;
  find("[data-text]", node).textContent = details.join(" ");
  find("[data-rule]", node).textContent = event.rule ? `规则 ${event.rule}` : "";
  node.dataset.action = event.action;
  return node;
}
