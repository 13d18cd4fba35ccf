// Pictures: shown, made smaller before they are sent, and enlarged.

import { button, element, find } from "./dom.js";

const PICTURE_MAX_PX = 1024;

function picture(source, onReady = () => {}) {
  const node = element("img", "picture");
  node.alt = "图片";
  node.addEventListener("load", onReady);
  node.src = source;
  return node;
}

export async function shrunkenDataUrl(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, PICTURE_MAX_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.82);
}

function enlarge(source) {
  const viewer = find("#viewer");
  viewer.replaceChildren(picture(source));
  viewer.showModal();
}

export function pictureButton(source, onReady) {
  const node = button("picture-button", "", () => enlarge(source));
  node.setAttribute("aria-label", "看大图");
  node.append(picture(source, onReady));
  return node;
}
