import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type FileLock, lockFile } from '../../src/store/file-lock.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'lock-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

const isLock = (result: FileLock | { heldBy: number }): result is FileLock => 'release' in result;

describe('the lock of an estate’s file', () => {
  it('is held by one of many who ask at the same time, and by the next one after its release', async () => {
    const path = join(await folder(), 'estate');
    const results = await Promise.all(Array.from({ length: 20 }, () => lockFile(path)));
    const [winner, second] = results.filter(isLock);
    expect(second).toBeUndefined();
    expect(results.filter((result) => !isLock(result))).toContainEqual({ heldBy: process.pid });
    await winner?.release();
    expect(isLock(await lockFile(path))).toBe(true);
  });

  it.each([
    ['a process that is gone', '999999999 unknown x'],
    ['a process whose number was given to another one since', `${process.pid} long-ago/1 x`],
    ['nobody', ''],
  ])('of %s is taken over, by one of many', async (_name, content) => {
    const where = await folder();
    const path = join(where, 'estate');
    await writeFile(`${path}.lock`, content);
    const results = await Promise.all(Array.from({ length: 12 }, () => lockFile(path)));
    expect(results.filter(isLock)).toHaveLength(1);
    expect(await readdir(where)).toEqual(['estate.lock']);
  });
});
