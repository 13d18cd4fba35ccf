// The scrolling part of a phone: what it has shown, following the newest.

import { cardButtons, messageRow } from "./bubbles.js";
import { element, find } from "./dom.js";
import { clockText, dayNumber, dayText } from "./time.js";
import { SYSTEM } from "./words.js";

const STAMP_GAP_MS = 5 * 60_000;
const NEAR_BOTTOM_PX = 80;

export class Chat {
  constructor(phone, person, onPress) {
    this.phone = phone;
    this.person = person;
    this.onPress = onPress;
    this.node = find(".chat", phone);
    this.lastAt = 0;
    this.stampedDay = null;
    this.stuck = true;
    this.lastTop = 0;
    find("[data-newest]", phone).addEventListener("click", () => this.toBottom());
    this.node.addEventListener("scroll", () => this.noticeScroll());
    new ResizeObserver(() => this.keepBottom()).observe(this.node);
  }

  addStamp(at) {
    if (at - this.lastAt > STAMP_GAP_MS) {
      const sameDay = this.stampedDay === dayNumber(at);
      this.stampedDay = dayNumber(at);
      const text = sameDay ? clockText(at) : `${dayText(at)} ${clockText(at)}`;
      this.append(element("div", "stamp", text));
    }
    this.lastAt = at;
  }

  addMessage(message) {
    if (message.from === SYSTEM) {
      this.append(element("div", "notice", message.text));
      return;
    }
    const row = this.addBubble(message.text ?? "", message.from === this.person.name, message.card?.image);
    row.dataset.message = message.id;
    if (message.card?.buttons?.length || message.card?.pressed) {
      find(".message-body", row).append(cardButtons(message, this.onPress));
    }
  }

  /** A card as the click has left it: its buttons are gone, and what was pressed is said. */
  replaceCard(message) {
    const row = find(`[data-message="${message.id}"]`, this.node);
    find(".card-buttons", row).replaceWith(cardButtons(message, this.onPress));
  }

  addBubble(text, own, image) {
    const row = messageRow({ own, person: this.person, text, image, onReady: () => this.keepBottom() });
    this.append(row);
    return row;
  }

  append(node) {
    find("[data-empty]", this.phone).hidden = true;
    this.node.append(node);
  }

  announceNewest() {
    find("[data-newest]", this.phone).hidden = false;
  }

  /** Follows the newest message until the reader scrolls up. */
  noticeScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.node;
    if (scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX) {
      this.stuck = true;
      find("[data-newest]", this.phone).hidden = true;
    } else if (scrollTop < this.lastTop) {
      this.stuck = false; // moved up by hand; a mere reflow never moves up
    }
    this.lastTop = scrollTop;
  }

  toBottom() {
    this.stuck = true;
    this.keepBottom();
    find("[data-newest]", this.phone).hidden = true;
  }

  keepBottom() {
    if (this.stuck) {
      this.node.scrollTop = this.node.scrollHeight;
    }
  }
}
