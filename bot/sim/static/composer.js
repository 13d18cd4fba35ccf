// The lower edge of a phone: the line to type in, and the ＋ menu.

import { find, toast } from "./dom.js";
import { shrunkenDataUrl } from "./pictures.js";

const IME_KEY = 229; // what Safari reports for the Enter that ends a composition

// The ＋ menu: `send` goes off at once, `pick` opens the album, `mode` changes what the input line means.
const ATTACHMENTS = {
  photo: { send: { image: "现场照片" } },
  album: { pick: true },
  voice: { mode: "voice" },
  location: { mode: "location" },
};

const PLACE = { lat: 34.3617, lng: 107.2373, label: "高新园区六路 12 号 东门" };
const MODES = {
  text: { placeholder: "说点什么…", initial: "", content: (text) => ({ text }), needsText: true },
  voice: { placeholder: "语音识别出的文字，可以留空", initial: "", content: (text) => ({ voice: text }), needsText: false },
  location: {
    placeholder: "位置名称",
    initial: PLACE.label,
    content: (text) => ({ location: { ...PLACE, label: text } }),
    needsText: true,
  },
};

/** Gathers what its person wants to say and hands it to `send`. */
export class Composer {
  constructor(phone, name, send) {
    this.phone = phone;
    this.name = name;
    this.send = send;
    this.input = find("[data-input]", phone);
    this.listen();
    this.setMode("text");
  }

  listen() {
    find("[data-more]", this.phone).addEventListener("click", () => this.toggleMenu());
    find("[data-file]", this.phone).addEventListener("change", (event) => this.sendFile(event.target));
    find(".composer", this.phone).addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    for (const [kind, entry] of Object.entries(ATTACHMENTS)) {
      find(`[data-attach-kind="${kind}"]`, this.phone).addEventListener("click", () => this.attach(entry));
    }
    this.input.addEventListener("keydown", (event) => this.onKey(event));
  }

  onKey(event) {
    if (event.isComposing || event.keyCode === IME_KEY) {
      return;
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") {
      this.setMode("text");
    }
  }

  submit() {
    const mode = MODES[this.mode];
    const text = this.input.value.trim();
    if (mode.needsText && !text) {
      return;
    }
    this.setMode("text");
    this.send(mode.content(text));
  }

  offer(text) {
    this.write(text);
    this.input.focus();
  }

  write(text) {
    this.setMode("text");
    this.input.value = text;
  }

  setMode(mode) {
    this.mode = mode;
    this.phone.dataset.mode = mode;
    this.input.value = MODES[mode].initial;
    this.input.placeholder = MODES[mode].placeholder;
    this.input.setAttribute("aria-label", `${this.name}：${MODES[mode].placeholder}`);
    this.toggleMenu(false);
  }

  toggleMenu(open = find("[data-attach]", this.phone).hidden) {
    find("[data-attach]", this.phone).hidden = !open;
    find("[data-more]", this.phone).setAttribute("aria-expanded", String(open));
  }

  attach(entry) {
    this.setMode(entry.mode ?? "text");
    if (entry.send) {
      this.send(entry.send);
    } else if (entry.pick) {
      find("[data-file]", this.phone).click();
    } else {
      this.input.focus();
    }
  }

  async sendFile(input) {
    const [file] = input.files;
    input.value = "";
    const image = file && (await shrunkenDataUrl(file).catch(() => null));
    if (image) {
      await this.send({ image });
    } else if (file) {
      toast("这张图片打不开，换一张试试");
    }
  }

  /** Puts back what could not be sent, unless something new was begun. */
  restore(text) {
    this.input.value ||= text;
  }
}
