/** A log file on a disk that stands still: the process serves, closes its ports when it should, and ends when the disk goes on. */
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startProcess } from './service-process.ts';

let folder: string;
const run = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: 'pipe' });

const isPossible =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync('losetup', ['--find']).status === 0 &&
  spawnSync('mkfs.ext4', ['-V']).status === 0;

describe.skipIf(!isPossible)('a disk that stands still under the log', () => {
  beforeAll(async () => {
    const parent = await temporaryFolder();
    folder = join(parent, 'disk');
    mkdirSync(folder);
    const image = join(parent, 'image');
    run('truncate', '--size=32M', image);
    run('mkfs.ext4', '-q', image);
    run('mount', '-o', 'loop', image, folder);
  });
  afterAll(() => {
    if (folder !== undefined) run('umount', folder);
  });

  it.each(['SIGTERM', 'a crash'])(
    'stops no request, and after %s the ports close before it goes on',
    async (end) => {
      const file = openSync(join(folder, `log-${end}`), 'w');
      const outputs = { stdout: file, stderr: file };
      const service = await startProcess('printing', { GATEHOUSE_DRAIN_DELAY_MS: '0' }, outputs);
      closeSync(file);
      const ask = async (path: string) =>
        (await fetch(`${service.url}${path}`, { signal: AbortSignal.timeout(5000) })).status;
      await vi.waitFor(async () => expect(await ask('/log')).toBe(200), { timeout: 30_000 });

      run('fsfreeze', '--freeze', folder);
      const ended = once(service.child, 'exit');
      try {
        for (let round = 0; round < 10; round += 1) expect(await ask('/log')).toBe(200);
        if (end === 'SIGTERM') service.child.kill('SIGTERM');
        else await ask('/crash').catch(() => undefined);
        const refused = expect.objectContaining({ cause: expect.objectContaining({ code: 'ECONNREFUSED' }) });
        await vi.waitFor(async () => expect(await ask('/log').catch((error) => error)).toEqual(refused), {
          timeout: 5000,
        });
      } finally {
        run('fsfreeze', '--unfreeze', folder);
      }
      expect(await ended).toEqual([end === 'SIGTERM' ? 0 : 1, null]);
    },
    90_000,
  );
});
