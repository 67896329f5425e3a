/** Opens standard output and standard error of a process for everything that is printed, by Node and by libraries too. */
import { Writable } from 'node:stream';
import { createOutput, type Output } from './output.ts';

/** How long an end waits for readers. */
export const maxFlushMs = 1000;

export type Outputs = ReturnType<typeof openOutputs>;

type OutputName = 'stdout' | 'stderr';

interface OutputsOptions {
  maxBytes: number;
  onDropped(output: OutputName): void;
  /** Makes the log line that says how many are missing. */
  noticeOfDropped(count: number): string;
}

export function openOutputs({ maxBytes, onDropped, noticeOfDropped }: OutputsOptions) {
  const stdout = createOutput(1, {
    maxBytes,
    onDropped: () => onDropped('stdout'),
    noticeOfDropped,
  });
  const stderr = createOutput(2, {
    maxBytes,
    onDropped: () => onDropped('stderr'),
    noticeOfDropped: (count) => `${count} lines are missing here, because nobody read them\n`,
  });
  printBy('stdout', stdout);
  printBy('stderr', stderr);
  process.once('exit', () => {
    stdout.end();
    stderr.end();
  });
  return {
    log: stdout,
    async flush(maxMs: number): Promise<void> {
      await Promise.all([stdout.flush(maxMs), stderr.flush(maxMs)]);
    },
  };
}

/** The last words of a process that has opened no outputs: a reader that stands still gets what fits, and the process ends. */
export async function printOnce(text: string): Promise<void> {
  const maxBytes = Buffer.byteLength(text);
  const stderr = createOutput(2, { maxBytes, onDropped: () => undefined, noticeOfDropped: () => '' });
  stderr.write(text);
  await stderr.flush(maxFlushMs);
}

/**
 * Replaces a stream of the process by one that is bounded: `console` and warnings of Node use it, and the original keeps
 * everything that its reader does not take.
 */
function printBy(name: OutputName, output: Output): void {
  const stream = new Writable({
    write(chunk, _encoding, done) {
      output.write(String(chunk));
      done();
    },
  });
  Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => stream });
}
