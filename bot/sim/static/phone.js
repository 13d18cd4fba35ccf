// A person's phone and the chip that opens it: says, presses, reads.

import { call } from "./api.js";
import { face, previewOf } from "./bubbles.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { phones, toggle } from "./desk.js";
import { attempt, button, find, stamp, toast } from "./dom.js";
import { readEverythingSoon } from "./reading.js";
import { ROLES, SAMPLES } from "./words.js";

const READ_AGAIN = 20;

export class Phone {
  constructor(person) {
    this.person = person;
    this.name = person.name;
    this.lastId = 0;
    this.unread = 0;
    this.messages = [];
    this.node = stamp("phone-template");
    this.chip = stamp("chip-template");
    this.chat = new Chat(this.node, person, (...pressed) => this.pressFrom(...pressed));
    this.composer = new Composer(this.node, person.name, (content) => this.send(content));
    this.fillHead();
    this.fillEmpty();
    this.fillTools();
    this.chip.addEventListener("click", () => toggle(this));
    find("[data-close]", this.node).addEventListener("click", () => toggle(this));
    this.setVisible(false);
  }

  get role() {
    return ROLES[this.person.role] ?? ROLES.stranger;
  }

  get visible() {
    return !this.node.hidden;
  }

  /** When something was last shown, in milliseconds. */
  get lastAt() {
    return this.chat.lastAt;
  }

  fillHead() {
    const { name, role, enterprise, department } = this.person;
    this.node.dataset.phone = this.chip.dataset.person = name;
    this.node.dataset.role = this.chip.dataset.role = role;
    this.node.setAttribute("aria-label", `${name}的手机`);
    face(find(".face", this.node), name, role);
    face(find(".face", this.chip), name, role);
    find("[data-name]", this.node).textContent = find(".chip-name", this.chip).textContent = name;
    find("[data-role-label]", this.node).textContent = this.role.label;
    find(".chip-role", this.chip).textContent = this.role.short;
    find("[data-place]", this.node).textContent = enterprise ?? department ?? "还没有绑定企业";
    this.chip.title = [name, this.role.label, enterprise ?? department].filter(Boolean).join(" · ");
  }

  fillEmpty() {
    find("[data-hint]", this.node).textContent = this.role.hint;
    const sets = SAMPLES[this.person.role] ?? [[]];
    const nth = phones.filter((other) => other.person.role === this.person.role).length;
    const sentences = sets[nth % sets.length];
    find("[data-samples]", this.node).append(
      ...sentences.map((text) => button("sample", text, () => this.composer.offer(text))),
    );
  }

  fillTools() {
    const words = this.role.quick.map((word) => button("quick-word", word, () => this.send({ text: word })));
    find("[data-quick]", this.node).append(...words);
  }

  // --- what the person does

  async send(content) {
    const ghost = this.chat.addBubble(previewOf(content), true);
    ghost.classList.add("sending");
    this.chat.toBottom();
    try {
      await this.say(content);
    } catch (error) {
      toast(error.message);
      this.composer.restore(content.text ?? "");
    } finally {
      ghost.remove();
    }
  }

  async say(content) {
    const answer = await call("/sim/say", { as: this.name, ...content });
    await this.read();
    this.chat.toBottom();
    readEverythingSoon();
    return answer;
  }

  async press(message, key) {
    const answer = await call("/sim/press", { as: this.name, message, key });
    await this.read();
    this.chat.toBottom();
    readEverythingSoon();
    return answer;
  }

  async pressFrom(node, message, key) {
    node.disabled = true;
    const answer = await attempt(() => this.press(message, key));
    node.disabled = false;
    node.classList.toggle("pressed", Boolean(answer));
    if (answer?.card?.pressed) {
      this.chat.replaceCard({ id: message, card: answer.card });
    }
  }

  // --- what the phone shows

  // The newest messages are read once more: the buttons of a card may have been changed meanwhile.
  async read() {
    const known = this.messages.slice(-READ_AGAIN);
    const after = known.length ? known[0].id - 1 : 0;
    const messages = await call(`/sim/phone/${encodeURIComponent(this.name)}?after=${after}`);
    for (const old of known) {
      const now = messages.find((each) => each.id === old.id);
      if (now?.card?.pressed && !old.card?.pressed) {
        old.card = now.card;
        this.chat.replaceCard({ id: old.id, card: now.card });
      }
    }
    for (const message of messages.filter((each) => each.id > this.lastId)) {
      this.receive(message);
    }
  }

  receive(message) {
    this.lastId = message.id;
    this.messages.push(message);
    this.chat.addStamp(Date.parse(message.at));
    this.chat.addMessage(message);
    const own = message.from === this.name;
    if (!own && !this.visible) {
      this.setUnread(this.unread + 1);
    } else if (own || this.chat.stuck) {
      this.chat.toBottom();
    } else {
      this.chat.announceNewest();
    }
  }

  toBottom() {
    this.chat.toBottom();
  }

  setVisible(visible) {
    this.node.hidden = !visible;
    this.chip.setAttribute("aria-pressed", String(visible));
    if (visible) {
      this.setUnread(0);
      this.toBottom();
    }
  }

  setUnread(count) {
    this.unread = count;
    const badge = find(".badge", this.chip);
    badge.hidden = count === 0;
    badge.textContent = count > 99 ? "99+" : String(count);
  }
}
