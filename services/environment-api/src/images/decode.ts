/** Turns a picture that somebody sent into a small WebP: starts a program for it, whose memory and time are limited. */
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { badRequest, unavailable } from '@gatehouse/service-kit/errors';
import type { ReadImage } from './image-reader.ts';

export const maxUploadBytes = 2 * 1024 * 1024;

export interface Image {
  /** SHA-256 of the content, in hexadecimal digits. */
  digest: string;
  /** SHA-256 of what it was made from. */
  source: string;
  type: 'image/webp';
  width: number;
  height: number;
  content: Buffer;
}

export type DecodeImage = (bytes: Buffer, field: string) => Promise<Image>;

/** The largest allowed picture takes less than 128 MiB. The kernel counts: nothing can allocate past it. */
const maxDataKiB = 144 * 1024;
const maxSeconds = 10;
/** Together they stay below what a pod has left. */
const maxAtOnce = 1;
const maxWaiting = 20;

const isSource = import.meta.url.endsWith('.ts');
const readerPath = fileURLToPath(
  new URL(isSource ? './image-reader.ts' : './image-reader.js', import.meta.url),
);
/**
 * `--jitless` keeps V8 from reserving half a gibibyte that would count as data, and from writing code; it also takes away
 * WebAssembly, by which Node would strip types.
 */
const nodeFlags = ['--jitless', '--v8-pool-size=0', '--max-old-space-size=48', '--max-semi-space-size=1'];
const limits = `ulimit -d ${maxDataKiB} && ulimit -t ${maxSeconds} && ulimit -f 0 && ulimit -c 0 && exec "$@"`;

export function createDecoder(): DecodeImage {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running === maxAtOnce) {
      if (waiting.length === maxWaiting) throw unavailable('Reading of pictures', { retryAfterSeconds: 5 });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }

  /** @throws AppError 400, 503 */
  return async (bytes, field) => {
    const output = await inTurn(() => runReader(bytes));
    const lineEnd = output?.indexOf('\n') ?? -1;
    if (output === undefined || lineEnd < 0)
      throw refusal('takes too much memory or time to read: make it smaller', field);
    const head: ReadImage = JSON.parse(output.subarray(0, lineEnd).toString());
    if ('problem' in head) throw refusal(head.problem, field);
    const content = output.subarray(lineEnd + 1);
    return { digest: digestOf(content), source: digestOf(bytes), type: 'image/webp', ...head, content };
  };
}

/** Returns the output of the reader. Undefined: the reader ended before it was done. The environment of this process holds secrets: it gets none. */
async function runReader(bytes: Buffer): Promise<Buffer | undefined> {
  try {
    const program = isSource
      ? ['--input-type=module', '--eval', stripTypeScriptTypes(readFileSync(readerPath, 'utf8'))]
      : [readerPath];
    const reader = spawn('/bin/sh', ['-c', limits, 'sh', process.execPath, ...nodeFlags, ...program], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      env: { MALLOC_ARENA_MAX: '1', UV_THREADPOOL_SIZE: '1' },
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: maxSeconds * 1000,
      killSignal: 'SIGKILL',
    });
    // It may end before it has read everything.
    reader.stdin.on('error', () => {}).end(bytes);
    const [output, [exitCode]] = await Promise.all([buffer(reader.stdout), once(reader, 'close')]);
    return exitCode === 0 ? output : undefined;
  } catch (cause) {
    throw unavailable('A process to read pictures in', { cause });
  }
}

export function digestOf(bytes: Buffer): string {
  return hash('sha256', bytes);
}

function refusal(problem: string, field: string) {
  return badRequest(`The picture ${problem}`, { field, reason: 'no_picture' });
}
