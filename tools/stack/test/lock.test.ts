import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { takeLock } from '../../bootstrap/pid-lock.mjs';

function lockFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'stack.lock');
}

test('the second to come learns who holds the lock', () => {
  const file = lockFile();
  expect(takeLock(file)).toHaveProperty('lock');
  expect(takeLock(file)).toMatchObject({ holder: { pid: process.pid } });
});

test('a released lock can be taken again', () => {
  const file = lockFile();
  const taken = takeLock(file);
  if ('lock' in taken) taken.lock.release();
  expect(existsSync(file)).toBe(false);
  expect(takeLock(file)).toHaveProperty('lock');
});

test('the lock of a process that is gone is taken over', () => {
  const file = lockFile();
  const { pid } = spawnSync('true');
  writeFileSync(file, JSON.stringify({ pid, startedAt: '1' }));
  expect(takeLock(file)).toHaveProperty('lock');
});

test('a number that was given to another process since does not hold the lock', () => {
  const file = lockFile();
  writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: 'long ago' }));
  expect(takeLock(file)).toHaveProperty('lock');
});

test('a lock file cut short by a crash is taken over', () => {
  const file = lockFile();
  writeFileSync(file, '{"pid":');
  expect(takeLock(file)).toHaveProperty('lock');
});
