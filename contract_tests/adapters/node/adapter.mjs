// Adapter protocol v1 around a small client in plain Node (20 or newer, no dependency): both are in this file.
import { createHash, randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { createInterface } from "node:readline";
const SELF = { name: "plain-node", version: "1.0", language: "javascript" };
const ABLE = ["virtual_sleep", "json", "cancel", "deadline", "retries", "refresh", "uploads"];
const CLASSES = { 22: "maintenance", 31: "rate_limited", 32: "rate_limited", 33: "quota", 38: "processing" };
Object.assign(CLASSES, { 41: "auth", 43: "forbidden", 44: "auth" });
for (const code of [30, 37, 40, 42, 46]) CLASSES[code] = "bad_request";
for (const code of [34, 35, 36, 45]) CLASSES[code] = "refused_file";
const FLOORS = { 22: 5000, 31: 1000, 32: 10000 }; // milliseconds before such a call may be tried again
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const hear = async () => JSON.parse((await lines.next()).value ?? '{"type":"bye"}');
const utf8 = new TextDecoder("utf-8", { fatal: true }); // bytes of another encoding are no answer
const say = (type, fields) => process.stdout.write(JSON.stringify({ type, ...fields }) + "\n");
const fail = (kind, message, more) => { throw Object.assign(new Error(message), { kind, ...more }); };
async function sleep(run, ms) {
  if (run.now + ms >= run.end) fail("deadline", `another ${ms} ms do not fit into the deadline`);
  say("sleep", { id: run.id, ms: Math.ceil(ms) });
  const first = await hear();
  run.now = (first.type === "cancel" ? await hear() : first).now_ms;
  if (first.type === "cancel") fail("cancelled", "cancelled by the caller");
}
async function retrying(run, step) { // `wait` marks what may be tried again: the least pause before that
  for (let pause = 500, failures = 1; ; pause = Math.min(2 * pause, 20000), failures++) {
    try { return await step(); } catch (failure) {
      if (failure.wait === undefined || failures === 8) throw failure;
      await sleep(run, failure.wait + pause);
    }
  }
}
async function get(url, sent) {
  const broken = (trouble) => fail("transport", `no whole answer: ${trouble.cause?.code ?? trouble.name}`, { wait: 0 });
  const reply = await fetch(url, { redirect: "manual", ...sent }).catch(broken);
  if ([429, 500, 502, 503, 504].includes(reply.status)) fail("transport", `HTTP ${reply.status}`, { wait: 0 });
  return [reply.status, Buffer.from(await reply.arrayBuffer().catch(broken))];
}
function signed({ credentials: { key, secret } }, action, params) {
  const asked = { action, apiKey: key, ...params };
  const text = secret + Object.keys(asked).sort().map((name) => name + asked[name]).join("");
  return { ...asked, signature: createHash("md5").update(text, "utf8").digest("hex") };
}
function read([http, body]) {
  let answer; try { answer = JSON.parse(utf8.decode(body)); } catch { fail("protocol", `HTTP ${http} without JSON`); }
  const { code, status, data } = answer ?? {}, known = Number.isInteger(code) ? code : null;
  if (code !== 20) fail(CLASSES[code] ?? "protocol", `${code} ${status}`, { code: known, wait: FLOORS[code] });
  if (Array.isArray(data) || typeof (data ?? {}) !== "object") fail("protocol", "data that is not an object");
  return data;
}
const call = async (run, action, params) =>
  read(await get(`${run.base_url}?${new URLSearchParams(signed(run, action, params))}`));
async function upload(run, params, files) { // what may have been done is not tried again
  const mark = `part-${randomUUID()}`; // not by FormData, which makes CR LF of each line end, after it was signed
  const part = (about, content) => [`--${mark}\r\nContent-Disposition: form-data; ${about}\r\n\r\n`, content, "\r\n"];
  const parts = Object.entries(signed(run, "collection.create", params)).flatMap(([n, v]) => part(`name="${n}"`, v));
  for (const [name, path] of Object.entries(files))
    parts.push(...part(`name="${name}"; filename="${basename(path)}"`, await readFile(path)));
  const body = new Blob([...parts, `--${mark}--\r\n`], { type: `multipart/form-data; boundary=${mark}` });
  const lost = (failure) => fail("uncertain", `${failure.message}; look for the collection with collection.getList`);
  const reply = await get(run.base_url, { method: "POST", body }).catch(lost);
  try { return read(reply); } catch (failure) { throw failure.kind === "protocol" ? lost(failure) : failure; }
}
async function ask(run) {
  const data = await call(run, "collection.downloadHTML", { collectionHash: run.args.collection });
  if (!["PROCESSING", "COMPLETE", "FAILED"].includes(data?.status)) fail("protocol", "an unknown status");
  if (data.status === "COMPLETE" && !URL.canParse(data.resourceUrl)) fail("protocol", "COMPLETE without a link");
  return data;
}
async function follow(run, step) { // `step` gives undefined while it goes on
  for (let pause = 2000; ; pause = Math.min(1.5 * pause, 10000)) {
    const end = await retrying(run, step);
    if (end !== undefined) return end;
    const landing = run.end - run.now - 1000; // the last poll comes 1 s before the end, and none shortly before it
    await sleep(run, landing - pause >= 2000 ? pause : landing >= 2000 ? landing : run.end - run.now);
  }
}
const link = (run) => follow(run, async () => {
  const { status, resourceUrl } = await ask(run);
  if (status === "FAILED") fail("job_failed", "the package could not be generated");
  if (status === "COMPLETE") return resourceUrl;
});
async function download(run, refreshed = false) {
  const url = await link(run);
  const [http, body] = await retrying(run, () => get(url));
  if (http === 403 && !refreshed) return download(run, true);
  if (http !== 200) fail("transport", `HTTP ${http} for the package`);
  if (body.lastIndexOf("PK\x05\x06", undefined, "latin1") < 0) fail("damaged", "the package is not a whole zip");
  await writeFile(`${run.args.dest}.part`, body).then(() => rename(`${run.args.dest}.part`, run.args.dest));
  const file = { bytes: body.length, sha256: createHash("sha256").update(body).digest("hex") };
  return { value: { status: "COMPLETE" }, file };
}
const poll = async (run) => ({ value: { status: (await retrying(run, () => ask(run))).status } });
async function any(run) {
  const { action, params, files } = run.args;
  const step = () => action === "collection.create" ? upload(run, params, files) : call(run, action, params);
  return { value: await retrying(run, step) ?? {} };
}
async function create(run) {
  const made = await retrying(run, () => upload(run, run.args.params, { file: run.args.file }));
  const hash = made?.collectionHash ?? fail("protocol", "an upload without a collection");
  return follow(run, async () => {
    const shown = await call(run, "collection.getCollection", { collectionHash: hash });
    const states = (shown?.flipbooks ?? []).map((one) => one.flipbookStatus);
    if (states.includes("failed")) fail("conversion_failed", "the document could not be converted");
    if (states[0] && states.every((one) => one === "complete")) return { value: { hash, conversion: "complete" } };
    if (!states.includes("processing")) fail("protocol", "an unknown state of the conversion");
  });
}
const ops = { download, poll, create, call: any };
for (let message = await hear(); message.type !== "bye"; message = await hear()) {
  const { id, op, options, now_ms: now } = message;
  const run = { ...message, now, end: now + (options?.deadline_ms ?? 1800000) };
  const over = (outcome, fields) => say("result", { id, outcome, ...fields });
  const failed = ({ kind, code, message }) => over("error", { error: { class: kind, code, message } });
  if (message.type === "hello") say("hello", { protocol: 1, client: SELF, ops: Object.keys(ops), capabilities: ABLE });
  else if (!ops[op]) over("unsupported", { why: `there is no ${op}` });
  else await ops[op](run).then((done) => over("ok", done)).catch((e) => e.kind ? failed(e) : Promise.reject(e));
}
process.exit(0);
