/** A pipe that is read when the test says so. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export function createPausedPipe() {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pipe-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const openReader = () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let reader = openReader();
  const writer = openSync(path, 'w');
  let isOpen = true;
  const chunk = Buffer.alloc(65_536);
  let text = '';

  function close() {
    if (isOpen) closeSync(reader);
    isOpen = false;
  }
  onTestFinished(() => {
    close();
    rmSync(folder, { recursive: true });
  });

  return {
    /** For the process that writes, which starts next. */
    writer,
    /** Adds the bytes that wait in the pipe to those that were read before. */
    read(): string {
      try {
        for (;;) {
          const bytes = readSync(reader, chunk);
          if (bytes === 0) return text;
          text += chunk.toString('utf8', 0, bytes);
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        return text;
      }
    },
    /** Nobody can read it from now on: writes fail with EPIPE. */
    close,
    open() {
      reader = openReader();
      isOpen = true;
    },
    closeWriter: () => closeSync(writer),
    /** A write waits for the reader from now on. */
    fill() {
      const other = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      try {
        for (let size = chunk.length; size > 0; ) {
          try {
            writeSync(other, chunk, 0, size);
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
            size >>= 1;
          }
        }
      } finally {
        closeSync(other);
      }
    },
  };
}
