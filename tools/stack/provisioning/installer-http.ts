/** HTTP as an installer speaks it: HTTP Basic, JSON in `data`, `status.code` 0 for success. */
import { setTimeout as wait } from 'node:timers/promises';
import { PlainError } from '../../bootstrap/progress.mjs';

export interface Installer {
  /** Undefined for 404. */
  get(path: string): Promise<unknown>;
  /** Returns the answer's `data`. Throws PlainError with the API's own words for a refusal. */
  send(method: 'POST' | 'PUT', path: string, data: unknown): Promise<unknown>;
  /** Whether it was created: false when the API says that it exists (409). */
  create(path: string, data: unknown): Promise<boolean>;
}

export interface InstallerAccount {
  username: string;
  password: string;
}

interface Answer {
  httpStatus: number;
  code: unknown;
  text: string;
  data: unknown;
}

const attempts = 20;

export function createInstaller(publicUrl: string, { username, password }: InstallerAccount): Installer {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

  async function call(method: string, path: string, data?: unknown): Promise<Answer> {
    const response = await fetch(publicUrl + path, {
      method,
      headers: { authorization, accept: 'application/json', 'content-type': 'application/json' },
      signal: AbortSignal.timeout(10_000),
      body: data === undefined ? null : JSON.stringify({ data }),
    });
    const text = await response.text();
    const { status, data: answered } = parse(text);
    return { httpStatus: response.status, code: status?.code, text, data: answered };
  }

  /** A service that has just become ready may still wait for its neighbour. */
  async function callPatiently(method: string, path: string, data?: unknown): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await call(method, path, data);
      if (answer.httpStatus !== 503 || attempt === attempts) return answer;
      await wait(250);
    }
  }

  return {
    async get(path) {
      const answer = await callPatiently('GET', path);
      if (answer.httpStatus === 404) return undefined;
      return accepted(answer, 'GET', path).data;
    },
    async send(method, path, data) {
      return accepted(await callPatiently(method, path, data), method, path).data;
    },
    async create(path, data) {
      const answer = await callPatiently('POST', path, data);
      if (answer.httpStatus === 409) return false;
      accepted(answer, 'POST', path);
      return true;
    },
  };
}

function accepted(answer: Answer, method: string, path: string): Answer {
  if (answer.httpStatus < 300 && answer.code === 0) return answer;
  throw new PlainError(`${method} ${path} was refused (${answer.httpStatus}): ${answer.text.slice(0, 1000)}`);
}

function parse(text: string): { status?: { code?: unknown }; data?: unknown } {
  try {
    return JSON.parse(text) as { status?: { code?: unknown }; data?: unknown };
  } catch {
    return {};
  }
}
