// Which phones are on the table, and which half of the page a narrow screen shows.

import { find } from "./dom.js";

// As many as stay wide enough to read beside the ledger.
const CAPACITY = [
  ["(min-width: 1680px)", 4],
  ["(min-width: 1240px)", 3],
  ["(min-width: 980px)", 2],
];

export const phones = [];
export let opened = []; // visible phones, the one opened longest ago first

const capacity = () => CAPACITY.find(([query]) => matchMedia(query).matches)?.[1] ?? 1;
export const withRole = (role) => phones.filter((phone) => phone.person.role === role);
export const named = (name) => phones.find((phone) => phone.name === name);

function layOut() {
  opened = opened.slice(-capacity());
  for (const phone of phones) {
    if (phone.visible !== opened.includes(phone)) {
      phone.setVisible(opened.includes(phone));
    }
  }
  find("#phones").dataset.count = opened.length;
}

/** Brings these phones into view; the last one stays when there is room for one only. */
export function show(...wanted) {
  const last = wanted.filter((phone, index) => phone && wanted.lastIndexOf(phone) === index);
  opened = [...opened.filter((phone) => !last.includes(phone)), ...last];
  layOut();
  opened.at(-1)?.chip.scrollIntoView({ block: "nearest", inline: "nearest" });
}

export function toggle(phone) {
  setView("phones");
  if (phone.visible && opened.length > 1) {
    opened = opened.filter((other) => other !== phone);
    layOut();
  } else {
    show(phone);
  }
}

export function newestOfficer() {
  const officers = withRole("officer");
  return officers.reduce((best, phone) => (phone.lastId > best.lastId ? phone : best), officers[0]);
}

export function setView(view) {
  document.body.dataset.view = view;
  for (const node of document.querySelectorAll("[data-view-button]")) {
    node.setAttribute("aria-pressed", String(node.dataset.viewButton === view));
  }
  opened.forEach((phone) => phone.toBottom());
}

/** Lays the phones out anew whenever the width has room for more or fewer. */
export function followWidth() {
  for (const [query] of CAPACITY) {
    matchMedia(query).addEventListener("change", layOut);
  }
}
