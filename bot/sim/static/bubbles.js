// What a phone shows: bubbles with text, pictures and buttons.

import { button, element } from "./dom.js";
import { openInLedger } from "./ledger.js";
import { pictureButton } from "./pictures.js";
import { PICTURE_TEXT } from "./words.js";

const LINK = /(https?:\/\/[^\s<，。；）】」]+|\d{8}-\d{3,})/;

/** Text as written; web addresses and item numbers can be clicked. */
function richText(text) {
  const fragment = document.createDocumentFragment();
  fragment.append(...text.split(LINK).map((part, index) => (index % 2 ? link(part) : part)));
  return fragment;
}

function link(part) {
  return part.startsWith("http") ? anchor(part) : button("item-link", part, () => openInLedger(part));
}

function anchor(address) {
  const node = element("a", "", address);
  node.href = address;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  return node;
}

export function face(node, name, role) {
  node.textContent = name.slice(-1);
  node.dataset.role = role;
}

/** A message with the face of its sender; `onReady` when a picture in it has its size. */
export function messageRow({ own, person, text, image, onReady }) {
  const row = element("div", own ? "message own" : "message");
  const avatar = element("span", "face");
  if (own) {
    face(avatar, person.name, person.role);
  } else {
    face(avatar, "桥", "service");
  }
  const body = element("div", "message-body");
  body.append(bubble(text, image, onReady));
  row.append(avatar, body);
  return row;
}

function bubble(text, image, onReady) {
  const bare = image && text === PICTURE_TEXT;
  const node = element("div", bare ? "bubble bare" : "bubble");
  if (image) {
    node.append(pictureButton(image, onReady));
  }
  node.append(richText(bare ? "" : text));
  return node;
}

export function cardButtons(message, onPress) {
  const box = element("div", "card-buttons");
  for (const { key, label } of message.card.buttons) {
    const node = button("card-button", label, () => onPress(node, message.id, key));
    node.dataset.key = key;
    box.append(node);
  }
  if (message.card.pressed) {
    box.append(element("div", "card-pressed", message.card.pressed));
  }
  return box;
}

/** What the person sent, in words, until the phone shows the real thing. */
export function previewOf(content) {
  if ("image" in content) {
    return PICTURE_TEXT;
  }
  if ("voice" in content) {
    return `[语音] ${content.voice}`;
  }
  return "location" in content ? `[位置] ${content.location.label}` : content.text;
}
