import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Flipsnack, HttpError, JobFailed, sign } from './flipsnack.js';

const BASE_URL = process.env.FLIPSNACK_BASE_URL || 'http://localhost:3547/v1/';
const DOCUMENT = fileURLToPath(new URL('../document.pdf', import.meta.url));

let folder, key, account, slept, flipsnack;

// The control plane of the fake.
async function control(method, path, body) {
  const answer = await fetch(new URL(`../__admin/${path}`, BASE_URL), { method, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
}

// Waiting moves the clock of the account, so a test takes no time.
async function sleep(seconds) {
  slept.push(seconds);
  await control('POST', `${account}/clock/advance`, { seconds });
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flipsnack-'));
});
after(() => rm(folder, { recursive: true }));

// Each test has an account of its own: a key that begins with `test-` exists when it is used.
beforeEach(async () => {
  key = `test-node-${randomUUID()}`;
  account = `accounts/${key}`;
  await control('POST', `${account}/clock/freeze`);
  slept = [];
  flipsnack = new Flipsnack({ key, secret: `secret-${key}`, apiUrl: BASE_URL, sleep });
});

test("the vendor's example has the vendor's signature", () => {
  const params = { apiKey: '45FD-267-7SG7832', action: 'collection.getCollection', collectionHash: 'fxh4k89' };
  assert.equal(sign(params, '123ABCDE-456-7890-FGH'), '26e781d3d1751d82ec284acf4a019def');
});

test('a document is uploaded, converted, packaged and downloaded', async () => {
  const { collectionHash, collectionTitle } = await flipsnack.create(DOCUMENT, { title: 'Spring & summer', description: 'Two\nlines' });
  assert.equal(collectionTitle, 'Spring & summer');
  await flipsnack.waitConverted(collectionHash);
  const path = join(folder, 'package.zip');
  await flipsnack.download(await flipsnack.packageUrl(collectionHash), path);
  assert.equal((await readFile(path)).subarray(0, 2).toString(), 'PK');
});

test('a link expires after a minute, and a new call gives a new one', async () => {
  const path = join(folder, 'expired.zip');
  const link = await flipsnack.packageUrl('mock-complete');
  await control('POST', `${account}/clock/advance`, { seconds: 60 });
  await assert.rejects(flipsnack.download(link, path), { name: 'Error', status: 403 });
  await flipsnack.download(await flipsnack.packageUrl('mock-complete'), path);
});

test('a wrong secret is code 44, and the doctor of the fake knows why', async () => {
  const other = new Flipsnack({ key, secret: key, apiUrl: BASE_URL, sleep });
  const refusal = await other.call('user.getStats').catch((error) => error);
  assert.equal(refusal.code, 44);
  const { signature } = await control('GET', `requests/${refusal.request}/diagnosis`);
  assert.equal(signature.causes[0].mistakes[0].name, 'key-for-secret');
  assert.deepEqual(slept, []);
});

test('the sixth call in a second is refused with code 31, and repeated a second later', async () => {
  for (let from = 0; from < 6; from += 1) await flipsnack.call('collection.getList', { from });
  assert.deepEqual(slept, [1]);
});

test('a failed job is an error and not an endless wait', async () => {
  await assert.rejects(flipsnack.packageUrl('mock-failed'), JobFailed);
});

test('a call that meets HTTP 503 is repeated', async () => {
  await control('POST', `${account}/faults`, { fault: { kind: 'status', status: 503 }, count: 1 });
  await flipsnack.call('user.getStats');
  assert.deepEqual(slept, [5]);
});

test('a package that is cut off leaves no file', async () => {
  const path = join(folder, 'truncated.zip');
  const link = await flipsnack.packageUrl('mock-truncated');
  await assert.rejects(flipsnack.download(link, path), (error) => !(error instanceof HttpError));
  assert.deepEqual([existsSync(path), existsSync(`${path}.part`)], [false, false]);
});
