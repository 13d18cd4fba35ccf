// Moments in words, always +08:00, wherever the browser is.

const WEEKDAYS = "日一二三四五六";
const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

export const local = (ms) => new Date(ms + OFFSET_MS);
export const dayNumber = (ms) => Math.floor((ms + OFFSET_MS) / DAY_MS);
export const two = (n) => String(n).padStart(2, "0");
export const isoOf = (ms) => `${local(ms).toISOString().slice(0, 19)}+08:00`;

export function clockText(ms) {
  const at = local(ms);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}

export function dayText(ms) {
  const at = local(ms);
  return `${at.getUTCMonth() + 1}月${at.getUTCDate()}日 周${WEEKDAYS[at.getUTCDay()]}`;
}

/** "今天 17:30", "明天 09:00" or "10/9 周五 17:30", as seen from now. */
export function whenText(ms, now) {
  const near = { "-1": "昨天", 0: "今天", 1: "明天" }[dayNumber(ms) - dayNumber(now)];
  const at = local(ms);
  const date = `${at.getUTCMonth() + 1}/${at.getUTCDate()} 周${WEEKDAYS[at.getUTCDay()]}`;
  return `${near ?? date} ${clockText(ms)}`;
}

export function nextMorning(now) {
  return (dayNumber(now) + 1) * DAY_MS + 9 * 3_600_000 - OFFSET_MS;
}

/** Milliseconds of an ISO moment; null stays null. */
export const millis = (iso) => (iso ? Date.parse(iso) : null);
