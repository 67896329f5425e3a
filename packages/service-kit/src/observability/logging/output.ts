/** Writes lines to a file descriptor without ever waiting for its reader: what finds no room in the buffer is dropped. */
import { constants, fstatSync, openSync, readFileSync, write as writeLater, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isatty } from 'node:tty';

export type Output = ReturnType<typeof createOutput>;

interface OutputOptions {
  /** Most bytes that wait in memory. */
  maxBytes: number;
  onDropped(): void;
  /** Makes the line that stands where lines are missing. */
  noticeOfDropped(count: number): string;
}

/** A line waits for others, because a system call for every line slows a busy process down. */
const together = { bytes: 8192, waitMs: 100 };
/** From a refused attempt to the next: the pipe is full (EAGAIN), the disk is full (ENOSPC), the reader has gone (EPIPE). */
const retryMs = 20;
const nothing = Buffer.alloc(0);

/** Its reader would decide when this process goes on. */
export class BlockingOutputError extends Error {}

/** @throws BlockingOutputError */
export function createOutput(fd: 1 | 2, { maxBytes, onDropped, noticeOfDropped }: OutputOptions) {
  const target = targetOf(fd);
  let lines: string[] = [];
  /** Bytes before the lines: an attempt left them. */
  let rest: Buffer = nothing;
  let waitingBytes = 0;
  let dropped = 0;
  /** From an attempt to its end, and from a refusal to the next attempt. */
  let isBusy = false;
  let timer: NodeJS.Timeout | undefined;

  function write(line: string): void {
    const bytes = Buffer.byteLength(line);
    // After a dropped line half of the buffer becomes free first: one gap is better than many.
    if (waitingBytes + bytes > (dropped > 0 ? maxBytes / 2 : maxBytes)) {
      dropped += 1;
      onDropped();
      return;
    }
    if (dropped > 0) addNotice();
    add(line, bytes);
    if (!isBusy) startSoon();
  }

  function add(line: string, bytes = Buffer.byteLength(line)): void {
    lines.push(line);
    waitingBytes += bytes;
  }

  function addNotice(): void {
    add(noticeOfDropped(dropped));
    dropped = 0;
  }

  function startSoon(): void {
    if (waitingBytes >= together.bytes) start();
    else timer ??= setTimeout(start, together.waitMs).unref();
  }

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    if (rest.length === 0) takeLines();
    const chunk = rest;
    if (isBusy || chunk.length === 0) return;
    rest = nothing;
    isBusy = true;
    target.attempt(chunk, (error, written) => {
      const left = error ? chunk : chunk.subarray(written);
      rest = rest.length === 0 ? left : Buffer.concat([left, rest]);
      if (error) setTimeout(endAttempt, retryMs).unref();
      else {
        waitingBytes -= written;
        endAttempt();
      }
    });
  }

  function endAttempt(): void {
    isBusy = false;
    if (waitingBytes === 0 && dropped > 0) addNotice();
    if (rest.length > 0) start();
    else if (waitingBytes > 0) startSoon();
  }

  function takeLines(): void {
    rest = Buffer.concat([rest, Buffer.from(lines.join(''))]);
    lines = [];
  }

  /** Tries once, at the end of the process. A file whose write has not come back would not take another one. */
  function end(): void {
    if (target.isFile && isBusy) return;
    takeLines();
    try {
      while (rest.length > 0) {
        const written = writeSync(target.fd, rest);
        rest = rest.subarray(written);
        waitingBytes -= written;
      }
    } catch {
      // No reader, or no room: a process that ends does not wait for them.
    }
  }

  return {
    write,
    /** For a fatal line, which pino tells by this name. A disk may stand still, so the thread writes to it. */
    flushSync: target.isFile ? start : end,
    end,
    /** Resolves when everything is written, after `maxMs` at the latest. */
    async flush(maxMs: number): Promise<void> {
      const endMs = performance.now() + maxMs;
      for (start(); waitingBytes > 0 && performance.now() < endMs; start()) await delay(5);
    },
  };
}

type Attempt = (data: Buffer, done: (error: Error | null, written: number) => void) => void;

interface Target {
  fd: number;
  attempt: Attempt;
  isFile?: true;
}

function targetOf(fd: 1 | 2): Target {
  const kind = fstatSync(fd);
  if (kind.isFIFO() || kind.isSocket()) {
    // Node makes a pipe non-blocking when it makes the stream of it. Writes to a full one fail from then on, also those of
    // Node itself, which prints crashes. An asynchronous write to a blocking pipe would keep a thread, and the end, waiting.
    void (fd === 1 ? process.stdout : process.stderr);
    if (!isNonBlocking(fd))
      throw new BlockingOutputError(
        `Standard ${fd === 1 ? 'output' : 'error'} is a socket of packets, which keeps the service waiting for its reader: use a file, a pipe, a terminal or a stream socket`,
      );
    return { fd, attempt: attemptNow(fd) };
  }
  if (isatty(fd)) {
    const own = nonBlockingTerminal(fd);
    return { fd: own, attempt: attemptNow(own) };
  }
  // Files are never full for long, but a disk may be slow. A thread waits for it.
  return { fd, attempt: (data, done) => writeLater(fd, data, done), isFile: true };
}

/** Node makes no stream of a datagram or seqpacket socket, and leaves it as it is. Elsewhere than on Linux nothing tells. */
function isNonBlocking(fd: number): boolean {
  try {
    const [, flags = ''] = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? [];
    return (Number.parseInt(flags, 8) & constants.O_NONBLOCK) !== 0;
  } catch {
    return true;
  }
}

function attemptNow(fd: number): Attempt {
  return (data, done) => {
    let written: number;
    try {
      written = writeSync(fd, data);
    } catch (error) {
      done(error as Error, 0);
      return;
    }
    done(null, written);
  };
}

/** A terminal is shared with its shell, which must not become non-blocking; Linux opens it again. */
function nonBlockingTerminal(fd: number): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return fd;
  }
}
