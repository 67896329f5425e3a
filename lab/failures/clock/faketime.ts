/** Sets the clock of single programs by Debian's libfaketime; their monotonic clocks stay right. */
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from '../../../tools/bootstrap/progress.mjs';

const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(
  (machine) => `/usr/lib/${machine}/faketime/libfaketime.so.1`,
);

/** A clock that programs started with `env` go by; it is right at first. */
export function createFakeClock(folder: string, name: string) {
  const library = libraries.find(existsSync);
  if (library === undefined)
    throw new PlainError('There is no libfaketime: install the Debian package libfaketime.');
  const file = join(folder, `${name}.clock`);
  /** In seconds; those that run notice within a second. */
  const set = (aheadSeconds: number) =>
    writeFileSync(file, `${aheadSeconds < 0 ? '-' : '+'}${Math.abs(aheadSeconds)}\n`);
  set(0);
  chmodSync(file, 0o644);
  return {
    set,
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_CACHE_DURATION: '1',
    },
  };
}
