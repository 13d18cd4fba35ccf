// Plays the script on the phones, from one sentence to struck off.

import { clock, virtualNow } from "./clock.js";
import { named, newestOfficer, phones, setView, show, withRole } from "./desk.js";
import { find, sleep } from "./dom.js";
import { inOrder, ledger, openInLedger, readLedger } from "./ledger.js";
import { moveClock } from "./reading.js";
import { TOUR } from "./script.js";
import { isoOf, millis, nextMorning } from "./time.js";

const TOUR_PACE_MS = 2100;
const TYPING_MS = 700;
const GLANCE_MS = 400; // to see whose turn it is
const PATIENCE_MS = 8000;
const RETRY_MS = 400;
const MAX_HOPS = 6;
const MAX_DAYS = 10; // the longest holiday and its weekends
const MARGIN_MS = 60_000;

class TourStopped extends Error {}

class Tour {
  constructor() {
    this.cast = { contact: withRole("contact")[0], coordinator: withRole("coordinator")[0] };
    if (!this.cast.contact || !this.cast.coordinator) {
      throw new Error("缺少企业联系人或活动办人员");
    }
    this.before = new Set(ledger.items.map((item) => item.number));
    this.number = null;
    this.stopped = false;
  }

  get item() {
    return ledger.items.find((item) => item.number === this.number);
  }

  /** The short form where it can mean one item only. */
  get shortNumber() {
    const tail = this.number.split("-").at(-1);
    const alike = ledger.items.filter((item) => item.number.endsWith(`-${tail}`));
    return alike.length > 1 ? this.number : tail;
  }

  async play() {
    setView("phones");
    show(newestOfficer(), this.cast.coordinator, this.cast.contact);
    for (const [index, step] of TOUR.entries()) {
      setCaption(`${index + 1}/${TOUR.length}`, step.caption, (index + 1) / TOUR.length);
      await this.perform(step);
      await this.pause(TOUR_PACE_MS);
    }
    openInLedger(this.number);
    setCaption("完成", `${this.number} 从一句话到销号，每一步都留了痕：点台账里的编号随时查看`, 1);
  }

  async perform(step) {
    this.look(step.as ?? step.watch);
    await this.pause(GLANCE_MS);
    await (step.hop ? this.hop(step.hop) : this.act(step));
    await this.waitFor(step);
  }

  look(role) {
    this.cast.officer = named(this.item?.officer) ?? this.cast.officer;
    const actor = this.cast[role];
    if (!actor) {
      return;
    }
    show(this.cast.officer, this.cast.coordinator, this.cast.contact, actor);
    highlight(actor);
  }

  async act({ as, press, text }) {
    const phone = this.cast[as];
    if (!phone) {
      throw new Error("这一件还没有责任人");
    }
    const found = press && this.buttonOn(phone, press);
    if (found) {
      await phone.press(found.message, found.key);
    } else {
      await this.type(phone, text.replace("{n}", () => this.shortNumber));
    }
  }

  async type(phone, text) {
    phone.composer.write(text);
    await this.pause(TYPING_MS);
    phone.composer.write("");
    const answer = await phone.say({ text });
    this.number ??= /\d{8}-\d{3,}/.exec(answer.reply ?? "")?.[0] ?? null;
  }

  buttonOn(phone, label) {
    const message = phone.messages.findLast(
      ({ text, card }) => text?.includes(this.shortNumber) && card?.buttons?.some((each) => each.label.includes(label)),
    );
    const key = message?.card.buttons.find((each) => each.label.includes(label)).key;
    return message && { message: message.id, key };
  }

  async hop(kind) {
    if (kind === "dispatch") {
      await moveClock({ advance: "PT2M" });
      await this.hopUntil(() => this.item?.officer);
      this.look("officer");
    } else if (kind === "overdue") {
      await this.hopOverDue();
    } else {
      await this.hopTo(millis(this.item.next_check_at));
    }
  }

  async hopTo(moment) {
    if (moment !== null && moment >= virtualNow()) {
      await moveClock({ to: isoOf(moment + MARGIN_MS) });
    }
  }

  /** Past the deadline, and on from morning to morning until the officer hears of it: reminders keep working hours. */
  async hopOverDue() {
    const due = millis(this.item.due_at);
    await this.hopTo(due);
    for (let days = 0; days < MAX_DAYS && this.cast.officer.lastAt <= due; days += 1) {
      this.check();
      await moveClock({ to: isoOf(nextMorning(virtualNow())) });
    }
  }

  async hopUntil(reached) {
    for (let hops = 0; hops < MAX_HOPS && clock.next && !reached(); hops += 1) {
      this.check();
      await moveClock({ to_next: true });
    }
  }

  /** The number comes from the receipt; without one, from the enterprise's newest open row. */
  findItem() {
    const mine = inOrder(ledger.items).filter((item) => item.enterprise === this.cast.contact.person.enterprise);
    const fresh = mine.find((item) => !this.before.has(item.number)) ?? mine.find((item) => item.open);
    this.number ??= fresh?.number ?? null;
  }

  async waitFor({ until, caption }) {
    const deadline = performance.now() + PATIENCE_MS;
    while (until) {
      this.check();
      await readLedger();
      this.findItem();
      if (until(this.item)) {
        return;
      }
      if (performance.now() > deadline) {
        throw new Error(`“${caption}”没有得到预期的结果`);
      }
      await sleep(RETRY_MS);
    }
  }

  async pause(ms) {
    await sleep(ms);
    this.check();
  }

  stop() {
    this.stopped = true;
  }

  check() {
    if (this.stopped) {
      throw new TourStopped();
    }
  }
}

let tour = null;

export async function playTour() {
  setTouring(true);
  try {
    tour = new Tour();
    await tour.play();
  } catch (error) {
    const text = error instanceof TourStopped ? "示例已停止，可以接着自己操作" : `示例停在这里：${error.message}`;
    setCaption("停止", text, 0);
  } finally {
    tour = null;
    highlight(null);
    setTouring(false);
  }
}

export function stopTour() {
  tour?.stop();
}

function setTouring(touring) {
  find("#tour").hidden = touring;
  find("#stop").hidden = !touring;
}

function highlight(actor) {
  for (const phone of phones) {
    phone.node.classList.toggle("acting", phone === actor);
  }
}

function setCaption(step, text, share) {
  find("#caption").hidden = false;
  find("[data-caption-step]").textContent = step;
  find("[data-caption-text]").textContent = text;
  find("[data-caption-progress]").value = share;
}
