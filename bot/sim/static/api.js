// Talks to /sim/*, one request after the other.

const REQUEST_LIMIT_MS = 90_000; // a hop of the clock over weeks may take a while

// The service gives its reasons in English, for scripts; a person reads a sentence first.
const REFUSALS = { 400: "这一步没有做成", 404: "没有找到", 413: "内容太大了" };
const TROUBLE = "服务没有正常回答，请稍后再试";

let line = Promise.resolve();

/** Requests go out one after the other, so that none overtakes another. */
export function call(path, body) {
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
    throw new Error(`${REFUSALS[response.status] ?? TROUBLE}（${data?.error ?? response.status}）`);
  }
  return data;
}
