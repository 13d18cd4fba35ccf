// The demo page: everybody's phone side by side, the clock, and the ledger as it grows.
// It only talks to /sim/*; nothing is decided here.

const POLL_MS = 1000;
const GATHER_MS = 50; // several actions in a row make one round of reading
const TOAST_MS = 5000;
const REQUEST_LIMIT_MS = 90_000; // a hop of the clock over weeks may take a while
const STAMP_GAP_MS = 5 * 60_000;
const RESTART_GAP_MS = 60_000;
const NEAR_BOTTOM_PX = 80;
const PICTURE_MAX_PX = 1024;
const IME_KEY = 229; // what Safari reports for the Enter that ends a composition
const SERVICE = "连心桥";
const SYSTEM = "系统";
const PICTURE_TEXT = "[图片]"; // what stands for a picture in a message that has one

// ---------------------------------------------------------------- tables

const ROLES = {
  contact: {
    label: "企业联系人",
    short: "企业",
    quick: ["进度", "催办", "帮助"],
    hint: "像平常聊天一样，说出企业遇到的难处：",
  },
  officer: {
    label: "助企干部",
    short: "干部",
    quick: ["待办", "帮助"],
    hint: "派到的件、到期提醒和企业评价会出现在这里。",
  },
  head: {
    label: "部门负责人",
    short: "负责人",
    quick: ["今日", "超期", "帮助"],
    hint: "本部门超期、被督办的件会送到这里。",
  },
  coordinator: {
    label: "活动办",
    short: "活动办",
    quick: ["今日", "超期", "统计", "待分办", "帮助"],
    hint: "拿不准的件、超期和待核实的件会送到这里。",
  },
  leader: { label: "分管领导", short: "领导", quick: ["今日", "急件"], hint: "急件、重大件和每日简报会送到这里。" },
  duty: { label: "值班", short: "值班", quick: ["急件", "帮助"], hint: "遇到险情，这里第一时间响。" },
  discipline: {
    label: "纪检",
    short: "纪检",
    quick: ["待办", "帮助"],
    hint: "举报只送到这里，被反映的人和单位看不到。",
  },
  stranger: { label: "未绑定", short: "未绑定", quick: ["帮助"], hint: "还没有绑定企业的人也可以发问：" },
};

// What an empty phone offers to try; contacts take turns.
const SAMPLES = {
  contact: [
    ["我们厂又跳闸了，这周第三次", "财园信贷通下个月到期，想续，银行说没额度"],
    ["去年说好的技改补贴到现在没到账", "厂门口天天没地方停车，货车进不来"],
    ["缺三十多个熟练工，订单赶不出来", "施工许可证卡一个多月了，能帮问问吗"],
  ],
  stranger: [["你们这个号是干什么的？", "我们厂门口的路灯坏了半个月"]],
};

const STATES = {
  registered: { label: "登记中", tone: "grey" },
  triage: { label: "待分办", tone: "amber" },
  assigned: { label: "待签收", tone: "blue" },
  handling: { label: "办理中", tone: "indigo" },
  resolved: { label: "待评价", tone: "violet" },
  rated: { label: "待核实", tone: "pink" },
  verified: { label: "待销号", tone: "teal" },
  closed: { label: "已销号", tone: "green" },
  withdrawn: { label: "已撤回", tone: "faint" },
  refused: { label: "不予受理", tone: "faint" },
  merged: { label: "已合并", tone: "faint" },
};
const IN_WORK = new Set(["registered", "triage", "assigned", "handling"]);

const CATEGORIES = {
  LAND: "用地厂房",
  PERMIT: "审批手续",
  FINANCE: "融资资金",
  LABOR: "用工人才",
  UTILITY: "水电气热",
  INFRA: "交通配套",
  SUBSIDY: "政策兑现",
  POLICY: "政策咨询",
  TECH: "科技创新",
  MARKET: "市场开拓",
  EHS: "环保安全",
  OTHER: "其他",
};
const GRADES = { 1: "A", 2: "B", 3: "C", 4: "D" };
const FLAGS = { red: "红旗", green: "绿旗", black: "黑旗" };

const FILTERS = [
  { key: "all", label: "全部", keeps: () => true },
  { key: "open", label: "在办", keeps: (item) => item.open },
  { key: "urgent", label: "急件", keeps: (item) => item.open && item.urgent },
  { key: "overdue", label: "超期", keeps: (item) => isOverdue(item) },
  { key: "ended", label: "已结", keeps: (item) => !item.open },
];

const EMPTY_LEDGER = {
  blank: {
    title: "台账还是空的",
    text: "在任意一位企业联系人的手机里打一句话试试，比如“我们厂又跳闸了，这周第三次”；也可以点页面上方的“播放示例”。",
  },
  filtered: { title: "这里没有件", text: "换一个筛选看看。" },
};

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

const CAPACITY = [
  ["(min-width: 1680px)", 4],
  ["(min-width: 1120px)", 3],
  ["(min-width: 820px)", 2],
];

// ---------------------------------------------------------------- small helpers

const find = (selector, root = document) => root.querySelector(selector);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function stamp(templateId) {
  return find(`#${templateId}`).content.firstElementChild.cloneNode(true);
}

function element(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function button(className, label, onClick) {
  const node = element("button", className, label);
  node.type = "button";
  node.addEventListener("click", onClick);
  return node;
}

function toast(text) {
  const node = element("div", "toast", text);
  find("#toasts").append(node);
  setTimeout(() => node.remove(), TOAST_MS);
}

/** Runs an action of the user and shows its failure instead of losing it. */
async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    toast(error.message);
    return null;
  }
}

// ---------------------------------------------------------------- time (always +08:00, wherever the browser is)

const WEEKDAYS = "日一二三四五六";
const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

const local = (ms) => new Date(ms + OFFSET_MS);
const dayNumber = (ms) => Math.floor((ms + OFFSET_MS) / DAY_MS);
const two = (n) => String(n).padStart(2, "0");
const isoOf = (ms) => `${local(ms).toISOString().slice(0, 19)}+08:00`;

function clockText(ms) {
  const at = local(ms);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}

function dayText(ms) {
  const at = local(ms);
  return `${at.getUTCMonth() + 1}月${at.getUTCDate()}日 周${WEEKDAYS[at.getUTCDay()]}`;
}

/** "今天 17:30", "明天 09:00" or "10/9 周五 17:30", as seen from now. */
function whenText(ms, now) {
  const near = { "-1": "昨天", 0: "今天", 1: "明天" }[dayNumber(ms) - dayNumber(now)];
  const at = local(ms);
  const date = `${at.getUTCMonth() + 1}/${at.getUTCDate()} 周${WEEKDAYS[at.getUTCDay()]}`;
  return `${near ?? date} ${clockText(ms)}`;
}

function nextMorning(now) {
  return (dayNumber(now) + 1) * DAY_MS + 9 * 3_600_000 - OFFSET_MS;
}

// ---------------------------------------------------------------- server

let line = Promise.resolve();

/** Requests go out one after the other, so that none overtakes another. */
function call(path, body) {
  const answer = line.then(() => request(path, body));
  line = answer.catch(() => {});
  return answer;
}

async function request(path, body) {
  const options = { signal: AbortSignal.timeout(REQUEST_LIMIT_MS) };
  if (body !== undefined) {
    options.method = "POST";
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const response = await fetch(path, options).catch(() => {
    throw new Error("连不上服务，请稍后再试");
  });
  const data = await response.json().catch(() => null);
  if (!response.ok) {
    throw new Error(data?.error ?? `服务没有正常回答（${response.status}）`);
  }
  return data;
}

// ---------------------------------------------------------------- clock

const clock = { base: 0, readAt: 0, next: null, known: false };

const virtualNow = () => clock.base + (performance.now() - clock.readAt);

function setClock(answer) {
  const now = Date.parse(answer.now);
  if (clock.known && now < virtualNow() - RESTART_GAP_MS) {
    location.reload(); // the demo was started afresh: what this page shows is gone
  }
  clock.base = now;
  clock.readAt = performance.now();
  clock.known = true;
  if ("next" in answer) {
    clock.next = answer.next && Date.parse(answer.next);
  }
  drawClock();
}

function drawClock() {
  if (!clock.known) {
    return;
  }
  const now = virtualNow();
  find("[data-clock-day]").textContent = `${local(now).getUTCFullYear()}年${dayText(now)}`;
  find("[data-clock-time]").textContent = `${clockText(now)}:${two(local(now).getUTCSeconds())}`;
  find("[data-clock-next]").textContent = clock.next ? `下一个提醒 ${whenText(clock.next, now)}` : "暂无待发提醒";
  find("#next").disabled = !clock.next || isBusy();
}

async function readClock() {
  setClock(await call("/sim/clock"));
}

async function moveClock(to) {
  await whileBusy(async () => {
    setClock(await call("/sim/clock", to));
    await readEverything();
  });
}

// ---------------------------------------------------------------- busy: the clock is hopping

const isBusy = () => document.body.classList.contains("busy");

async function whileBusy(action) {
  setBusy(true);
  try {
    return await action();
  } finally {
    setBusy(false);
  }
}

function setBusy(busy) {
  document.body.classList.toggle("busy", busy);
  for (const id of ["#plus2h", "#morning", "#next", "#sample"]) {
    find(id).disabled = busy;
  }
  drawClock();
}

// ---------------------------------------------------------------- pictures

function picture(source, onReady = () => {}) {
  const node = element("img", "picture");
  node.alt = "图片";
  node.addEventListener("load", onReady);
  node.src = source;
  return node;
}

async function shrunkenDataUrl(file) {
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

// ---------------------------------------------------------------- bubbles

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

function pictureButton(source, onReady) {
  const node = button("picture-button", "", () => enlarge(source));
  node.setAttribute("aria-label", "看大图");
  node.append(picture(source, onReady));
  return node;
}

function face(node, name, role) {
  node.textContent = name.slice(-1);
  node.dataset.role = role;
}

/** What the person sent, in words, until the phone shows the real thing. */
function previewOf(content) {
  if ("image" in content) {
    return PICTURE_TEXT;
  }
  if ("voice" in content) {
    return `[语音] ${content.voice}`;
  }
  return "location" in content ? `[位置] ${content.location.label}` : content.text;
}

// ---------------------------------------------------------------- a phone

class Phone {
  constructor(person) {
    this.person = person;
    this.name = person.name;
    this.lastId = 0;
    this.lastAt = 0;
    this.stampedDay = null;
    this.unread = 0;
    this.stuck = true;
    this.lastTop = 0;
    this.messages = [];
    this.node = stamp("phone-template");
    this.chip = stamp("chip-template");
    this.chat = find(".chat", this.node);
    this.input = find("[data-input]", this.node);
    this.fillHead();
    this.fillEmpty();
    this.fillTools();
    this.listen();
    this.setMode("text");
    this.setVisible(false);
  }

  get role() {
    return ROLES[this.person.role] ?? ROLES.stranger;
  }

  get visible() {
    return !this.node.hidden;
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
      ...sentences.map((text) => button("sample", text, () => this.offer(text))),
    );
  }

  fillTools() {
    const words = this.role.quick.map((word) => button("quick-word", word, () => this.send({ text: word })));
    find("[data-quick]", this.node).append(...words);
  }

  listen() {
    this.chip.addEventListener("click", () => toggle(this));
    find("[data-close]", this.node).addEventListener("click", () => toggle(this));
    find("[data-more]", this.node).addEventListener("click", () => this.toggleMenu());
    find("[data-newest]", this.node).addEventListener("click", () => this.toBottom());
    find("[data-file]", this.node).addEventListener("change", (event) => this.sendFile(event.target));
    find(".composer", this.node).addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    for (const [kind, entry] of Object.entries(ATTACHMENTS)) {
      find(`[data-attach-kind="${kind}"]`, this.node).addEventListener("click", () => this.attach(entry));
    }
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.chat.addEventListener("scroll", () => this.noticeScroll());
    new ResizeObserver(() => this.keepBottom()).observe(this.chat);
  }

  // --- what the person does

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
    this.node.dataset.mode = mode;
    this.input.value = MODES[mode].initial;
    this.input.placeholder = MODES[mode].placeholder;
    this.input.setAttribute("aria-label", `${this.name}：${MODES[mode].placeholder}`);
    this.toggleMenu(false);
  }

  toggleMenu(open = find("[data-attach]", this.node).hidden) {
    find("[data-attach]", this.node).hidden = !open;
    find("[data-more]", this.node).setAttribute("aria-expanded", String(open));
  }

  attach(entry) {
    this.setMode(entry.mode ?? "text");
    if (entry.send) {
      this.send(entry.send);
    } else if (entry.pick) {
      find("[data-file]", this.node).click();
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

  async send(content) {
    const ghost = this.addBubble(previewOf(content), { own: true });
    ghost.classList.add("sending");
    this.toBottom();
    try {
      await this.say(content);
    } catch (error) {
      toast(error.message);
      this.input.value ||= content.text ?? "";
    } finally {
      ghost.remove();
    }
  }

  async say(content) {
    const answer = await call("/sim/say", { as: this.name, ...content });
    await this.read();
    this.toBottom();
    readEverythingSoon();
    return answer;
  }

  async press(message, key) {
    await call("/sim/press", { as: this.name, message, key });
    await this.read();
    this.toBottom();
    readEverythingSoon();
  }

  async pressFrom(node, message, key) {
    node.disabled = true;
    const done = await attempt(() => this.press(message, key).then(() => true));
    node.disabled = false;
    node.classList.toggle("pressed", Boolean(done));
  }

  // --- what the phone shows

  async read() {
    const path = `/sim/phone/${encodeURIComponent(this.name)}?after=${this.lastId}`;
    const messages = await call(path);
    for (const message of messages.filter((each) => each.id > this.lastId)) {
      this.receive(message);
    }
  }

  receive(message) {
    this.lastId = message.id;
    this.messages.push(message);
    this.addStamp(Date.parse(message.at));
    this.addMessage(message);
    const own = message.from === this.name;
    if (!own && !this.visible) {
      this.setUnread(this.unread + 1);
    } else if (own || this.stuck) {
      this.toBottom();
    } else {
      find("[data-newest]", this.node).hidden = false;
    }
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
    const own = message.from === this.name;
    const row = this.addBubble(message.text ?? "", { own, image: message.card?.image });
    row.dataset.message = message.id;
    if (message.card?.buttons?.length) {
      find(".message-body", row).append(this.cardButtons(message));
    }
  }

  addBubble(text, { own, image }) {
    const row = element("div", own ? "message own" : "message");
    const avatar = element("span", "face");
    if (own) {
      face(avatar, this.name, this.person.role);
    } else {
      face(avatar, "桥", "service");
    }
    const body = element("div", "message-body");
    body.append(this.bubble(text, image));
    row.append(avatar, body);
    this.append(row);
    return row;
  }

  bubble(text, image) {
    const bare = image && text === PICTURE_TEXT;
    const node = element("div", bare ? "bubble bare" : "bubble");
    if (image) {
      node.append(pictureButton(image, () => this.keepBottom()));
    }
    node.append(richText(bare ? "" : text));
    return node;
  }

  cardButtons(message) {
    const box = element("div", "card-buttons");
    for (const { key, label } of message.card.buttons) {
      const node = button("card-button", label, () => this.pressFrom(node, message.id, key));
      node.dataset.key = key;
      box.append(node);
    }
    return box;
  }

  append(node) {
    find("[data-empty]", this.node).hidden = true;
    this.chat.append(node);
  }

  // --- scrolling, showing, counting

  /** Follows the newest message until the reader scrolls up. */
  noticeScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.chat;
    if (scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX) {
      this.stuck = true;
      find("[data-newest]", this.node).hidden = true;
    } else if (scrollTop < this.lastTop) {
      this.stuck = false; // moved up by hand; a mere reflow never moves up
    }
    this.lastTop = scrollTop;
  }

  toBottom() {
    this.stuck = true;
    this.keepBottom();
    find("[data-newest]", this.node).hidden = true;
  }

  keepBottom() {
    if (this.stuck) {
      this.chat.scrollTop = this.chat.scrollHeight;
    }
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

// ---------------------------------------------------------------- which phones are on the table

const phones = [];
let opened = []; // visible phones, the one opened longest ago first

const capacity = () => CAPACITY.find(([query]) => matchMedia(query).matches)?.[1] ?? 1;
const withRole = (role) => phones.filter((phone) => phone.person.role === role);
const named = (name) => phones.find((phone) => phone.name === name);

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
function show(...wanted) {
  const last = wanted.filter((phone, index) => phone && wanted.lastIndexOf(phone) === index);
  opened = [...opened.filter((phone) => !last.includes(phone)), ...last];
  layOut();
  opened.at(-1)?.chip.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function toggle(phone) {
  setView("phones");
  if (phone.visible && opened.length > 1) {
    opened = opened.filter((other) => other !== phone);
    layOut();
  } else {
    show(phone);
  }
}

function newestOfficer() {
  const officers = withRole("officer");
  return officers.reduce((best, phone) => (phone.lastId > best.lastId ? phone : best), officers[0]);
}

function setView(view) {
  document.body.dataset.view = view;
  for (const node of document.querySelectorAll("[data-view-button]")) {
    node.setAttribute("aria-pressed", String(node.dataset.viewButton === view));
  }
  opened.forEach((phone) => phone.toBottom());
}

// ---------------------------------------------------------------- ledger

const ledger = { items: [], rows: new Map(), filter: "all", open: null, seen: false };

const millis = (iso) => (iso ? Date.parse(iso) : null);

function isOverdue(item) {
  return IN_WORK.has(item.state) && item.due_at !== null && millis(item.due_at) < virtualNow();
}

async function readLedger() {
  ledger.items = await call("/sim/ledger");
  drawLedger();
}

/** Open items first, the newest on top. */
function inOrder(items) {
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
    ledger.rows.set(number, { row: newRow(number), history: newHistoryRow() });
  }
  return ledger.rows.get(number);
}

function newRow(number) {
  const row = stamp("row-template");
  row.dataset.number = number;
  row.addEventListener("click", () => unfold(number));
  row.addEventListener("animationend", () => row.classList.remove("changed"));
  return row;
}

function newHistoryRow() {
  const row = element("tr", "history");
  const cell = document.createElement("td");
  cell.colSpan = 5;
  row.append(cell);
  return row;
}

function flash(row) {
  if (ledger.seen) {
    row.classList.remove("changed");
    requestAnimationFrame(() => row.classList.add("changed"));
  }
}

function fillRow(row, item) {
  const now = virtualNow();
  const set = (name, text) => (find(`[data-${name}]`, row).textContent = text);
  const state = STATES[item.state] ?? { label: item.state, tone: "grey" };
  set("open", item.number);
  set("enterprise", item.enterprise ?? item.contact ?? "未绑定企业");
  set("category", [CATEGORIES[item.category] ?? item.category, gradeText(item.grade)].filter(Boolean).join(" "));
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

function gradeText(grade) {
  return grade ? `${GRADES[grade] ?? grade}级` : "";
}

function marksOf(item) {
  const marks = [];
  if (item.urgent) {
    marks.push(element("span", "mark urgent", "急"));
  }
  if (isOverdue(item)) {
    marks.push(element("span", "mark late", "超期"));
  }
  if (item.flag) {
    const mark = element("span", "mark flag", FLAGS[item.flag] ?? item.flag);
    mark.dataset.flag = item.flag;
    marks.push(mark);
  }
  return marks;
}

function fillHistory(row, item) {
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

function unfold(number, open = ledger.open !== number) {
  ledger.open = open ? number : null;
  for (const [each, { row }] of ledger.rows) {
    row.classList.toggle("unfolded", each === ledger.open);
    find("[data-open]", row).setAttribute("aria-expanded", String(each === ledger.open));
  }
  drawLedger();
}

function openInLedger(number) {
  ledger.filter = "all";
  setView("ledger");
  unfold(number, true);
  ledger.rows.get(number)?.row.scrollIntoView({ block: "start" });
}

// ---------------------------------------------------------------- polling

let hiddenTurn = 0;

/** One look: clock, ledger, the visible phones, and one of the others for its badge. */
async function look() {
  await readClock();
  await readLedger();
  for (const phone of [...opened]) {
    await phone.read();
  }
  const others = phones.filter((phone) => !phone.visible);
  if (others.length) {
    hiddenTurn = (hiddenTurn + 1) % others.length;
    await others[hiddenTurn].read();
  }
}

async function readEverything() {
  await readClock();
  await readLedger();
  for (const phone of phones) {
    await phone.read();
  }
}

let soon = null;

/** After something was done: the other phones may have rung. */
function readEverythingSoon() {
  soon ??= setTimeout(() => {
    soon = null;
    readEverything().catch(() => {}); // the next look reports a lost connection
  }, GATHER_MS);
}

/** Tries it, and tells by the banner whether the service answers. */
async function connected(action) {
  const online = await action().then(() => true, () => false);
  find("#offline").hidden = online;
  return online;
}

async function keepLooking() {
  for (;;) {
    await sleep(POLL_MS);
    if (!document.hidden) {
      await connected(look);
    }
  }
}

// ---------------------------------------------------------------- the tour

const TOUR_PACE_MS = 2100;
const TYPING_MS = 700;
const GLANCE_MS = 400; // to see whose turn it is
const PATIENCE_MS = 8000;
const RETRY_MS = 400;
const MAX_HOPS = 6;
const MAX_DAYS = 10; // the longest holiday and its weekends
const MARGIN_MS = 60_000;

// `as` acts: `press` looks for a button of the item's newest message, `text` is typed where there is none.
// `hop` moves the clock: to the dispatch, to the next check of the item, past its deadline.
// `watch` names whose phone is looked at, `until` what must be true before going on; {n} is the item's number.
const TOUR = [
  {
    caption: "企业联系人像平常聊天一样，说出难处",
    as: "contact",
    text: "我们厂又跳闸了，这周第三次",
    until: (item) => item !== undefined,
  },
  { caption: "想起什么接着说，会并进同一件", as: "contact", text: "两台空压机都停了" },
  {
    caption: "两分钟后派单：主办部门、责任人、时限都定下来",
    hop: "dispatch",
    watch: "officer",
    until: (item) => Boolean(item.officer),
  },
  {
    caption: "责任人签收",
    as: "officer",
    press: "签收",
    text: "签收 {n}",
    until: (item) => item.state === "handling",
  },
  { caption: "时钟拨到下一个提醒：系统按时提醒责任人", hop: "check", watch: "officer" },
  { caption: "时钟拨过时限：超期提醒，台账标红", hop: "overdue", watch: "officer" },
  { caption: "责任人报告进展", as: "officer", text: "进展 {n} 供电所已到场，正在测负荷、换线路" },
  {
    caption: "责任人报办结，写明结果",
    as: "officer",
    text: "办结 {n} 变压器已增容，线路正常",
    until: (item) => item.state === "resolved",
  },
  {
    caption: "企业不满意：自动退回重办，不由办件人说了算",
    as: "contact",
    text: "不满意 {n} 就换了个保险",
    until: (item) => item.state === "handling",
  },
  {
    caption: "责任人重新办理，再报办结",
    as: "officer",
    text: "办结 {n} 老化线路已更换，新变压器送电，空压机同时开机正常",
    until: (item) => item.state === "resolved",
  },
  {
    caption: "这一回企业满意",
    as: "contact",
    text: "满意 {n}",
    until: (item) => item.state === "rated",
  },
  {
    caption: "活动办核实：办件的人不能自己销号",
    as: "coordinator",
    text: "核实 {n} 通过",
    until: (item) => item.state === "verified",
  },
  {
    caption: "销号：解决一个，销号一个",
    as: "coordinator",
    text: "销号 {n}",
    until: (item) => item.state === "closed",
  },
];

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
    phone.write(text);
    await this.pause(TYPING_MS);
    phone.write("");
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

async function playTour() {
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

// ---------------------------------------------------------------- start

async function fillSample() {
  await whileBusy(async () => {
    await call("/sim/sample", {});
    await readEverything();
    toast(`示例已填好，台账现有 ${ledger.items.length} 件`);
  });
}

const BUTTONS = {
  "#plus2h": () => moveClock({ advance: "PT2H" }),
  "#morning": () => moveClock({ to: isoOf(nextMorning(virtualNow())) }),
  "#next": () => moveClock({ to_next: true }),
  "#sample": fillSample,
  "#tour": playTour,
};

function connectControls() {
  for (const [selector, action] of Object.entries(BUTTONS)) {
    find(selector).addEventListener("click", () => attempt(action));
  }
  find("#stop").addEventListener("click", () => tour?.stop());
  find("[data-caption-close]").addEventListener("click", () => (find("#caption").hidden = true));
  find("#viewer").addEventListener("click", () => find("#viewer").close());
  for (const node of document.querySelectorAll("[data-view-button]")) {
    node.addEventListener("click", () => setView(node.dataset.viewButton));
  }
  for (const [query] of CAPACITY) {
    matchMedia(query).addEventListener("change", layOut);
  }
}

function buildFilters() {
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

async function buildPhones() {
  const people = await call("/sim/people");
  people.forEach((person) => phones.push(new Phone(person)));
  find("#people").append(...phones.map((phone) => phone.chip));
  find("#phones").append(...phones.map((phone) => phone.node));
}

async function start() {
  connectControls();
  buildFilters();
  setInterval(drawClock, 250);
  while (!(await connected(buildPhones)) || !(await connected(readEverything))) {
    await sleep(POLL_MS);
  }
  phones.forEach((phone) => phone.setUnread(0));
  show(withRole("leader")[0], withRole("coordinator")[0], newestOfficer(), withRole("contact")[0]);
  await keepLooking();
}

attempt(start);
