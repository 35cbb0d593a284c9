// The Flipsnack API v1 in one file, without dependencies: sign, upload, poll, download.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';

// Seconds to wait before a refused call is repeated: maintenance, limit per second, limit per minute.
const WAIT_BY_CODE = new Map([[22, 30], [31, 1], [32, 60]]);
const WAIT_AFTER_SERVER_ERROR = 5;
const ATTEMPTS = 5;
const POLL_EVERY = 2;
const POLLS = 150;

export class ApiError extends Error {
  constructor(code, message, request) {
    super(`code ${code}: ${message}`);
    Object.assign(this, { code, request });
  }
}

export class HttpError extends Error {
  constructor(status) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

export class JobFailed extends Error {}

// MD5 of the secret, followed by name and value of each parameter in the order of the names. A file is not signed.
export function sign(params, secret) {
  const text = Object.keys(params).sort().map((name) => name + params[name]).join('');
  return createHash('md5').update(secret + text).digest('hex');
}

export class Flipsnack {
  // `apiUrl` takes all calls but uploads, `uploadUrl` takes uploads; `sleep` waits that many seconds.
  constructor({ key, secret, apiUrl, uploadUrl = apiUrl, sleep = (seconds) => setTimeout(seconds * 1000) }) {
    Object.assign(this, { key, secret, apiUrl, uploadUrl, sleep });
  }

  // An upload is sent once: repeated blindly, it could make a second collection.
  async create(path, fields = {}) {
    const body = new FormData();
    // FormData sends each end of a line as CR LF, so that is what must be signed.
    const sent = Object.entries(fields).map(([name, value]) => [name, String(value).replace(/\r\n?|\n/g, '\r\n')]);
    const params = this.#signed('collection.create', Object.fromEntries(sent));
    for (const [name, value] of Object.entries(params)) body.append(name, value);
    // The whole document is in memory here; from Node 20 on `fs.openAsBlob(path)` reads it while it is sent.
    body.append('file', new Blob([await readFile(path)]), basename(path));
    return data(await fetch(this.uploadUrl, { method: 'POST', body }));
  }

  // The name `flipbookStatus` is the fake's: no page of the vendor says in which field the conversion is reported.
  waitConverted(collectionHash) {
    return this.#poll('collection.getCollection', collectionHash, (found) => found.flipbooks[0].flipbookStatus);
  }

  async packageUrl(collectionHash) {
    return (await this.#poll('collection.downloadHTML', collectionHash, (job) => job.status)).resourceUrl;
  }

  // The file appears when it is complete: `fetch` rejects a body that is cut off.
  async download(url, path) {
    const answer = await fetch(url);
    if (!answer.ok) throw new HttpError(answer.status);
    const part = `${path}.part`;
    try {
      await pipeline(Readable.fromWeb(answer.body), createWriteStream(part));
      await rename(part, path);
    } finally {
      await rm(part, { force: true });
    }
  }

  // A call that can be repeated without harm: each but `collection.create`.
  async call(action, params = {}) {
    const url = `${this.apiUrl}?${new URLSearchParams(this.#signed(action, params))}`;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await data(await fetch(url));
      } catch (error) {
        const seconds = secondsToWait(error);
        if (seconds === undefined || attempt === ATTEMPTS) throw error;
        await this.sleep(seconds);
      }
    }
  }

  async #poll(action, collectionHash, stateOf) {
    for (let polls = 0; polls < POLLS; polls += 1) {
      const found = await this.call(action, { collectionHash });
      const state = stateOf(found).toUpperCase();
      if (state === 'COMPLETE') return found;
      if (state === 'FAILED') throw new JobFailed(`${action} of ${collectionHash} has failed`);
      await this.sleep(POLL_EVERY);
    }
    throw new Error(`${action} of ${collectionHash} was not COMPLETE after ${POLLS} polls`);
  }

  #signed(action, params) {
    const all = { ...params, action, apiKey: this.key };
    return { ...all, signature: sign(all, this.secret) };
  }
}

function secondsToWait(error) {
  if (error instanceof HttpError && error.status >= 500) return WAIT_AFTER_SERVER_ERROR;
  return error instanceof ApiError ? WAIT_BY_CODE.get(error.code) : undefined;
}

async function data(answer) {
  if (!answer.ok) throw new HttpError(answer.status);
  const { code, status, data: fields } = await answer.json();
  if (code !== 20) throw new ApiError(code, status, answer.headers.get('x-flipsnack-mock-request'));
  return fields;
}
