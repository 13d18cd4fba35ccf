// Nodes of the page: found, made, and the notices over everything.

const TOAST_MS = 5000;

export const find = (selector, root = document) => root.querySelector(selector);
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export function stamp(templateId) {
  return find(`#${templateId}`).content.firstElementChild.cloneNode(true);
}

export function element(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

export function button(className, label, onClick) {
  const node = element("button", className, label);
  node.type = "button";
  node.addEventListener("click", onClick);
  return node;
}

export function toast(text) {
  const node = element("div", "toast", text);
  find("#toasts").append(node);
  setTimeout(() => node.remove(), TOAST_MS);
}

/** Runs an action of the user and shows its failure instead of losing it. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    toast(error.message);
    return null;
  }
}
