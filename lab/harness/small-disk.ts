/** Gives a folder a disk of its own that can be filled: a small tmpfs, where this process may mount one. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface SmallDisk {
  fill(): void;
  free(): void;
  unmount(): void;
}

const pieceBytes = 64 * 1024;

/** Undefined where mounting is not allowed. */
export function mountSmallDisk(folder: string, mebibytes: number): SmallDisk | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=755`, 'tmpfs', folder], {
      stdio: 'pipe',
    });
  } catch {
    return undefined;
  }
  const filler = join(folder, 'filler');
  return {
    fill() {
      const file = openSync(filler, 'w');
      const piece = Buffer.alloc(pieceBytes);
      while (statfsSync(folder).bavail > 0) {
        try {
          writeSync(file, piece);
        } catch {
          break;
        }
      }
      // An open file keeps its space after it was removed.
      closeSync(file);
    },
    free: () => rmSync(filler, { force: true }),
    unmount() {
      execFileSync('umount', ['-l', folder], { stdio: 'pipe' });
    },
  };
}
