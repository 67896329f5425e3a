import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { identify } from '../../bootstrap/pid-lock.mjs';
import { endLeftovers } from '../processes/register.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-register-'));
afterAll(() => rmSync(folder, { recursive: true }));

const module_ = new URL('../processes/register.ts', import.meta.url).href;

/** A process that registers a child of its own and says its number. */
const parentScript = `
  import { spawn } from 'node:child_process';
  import { createProcessRegister } from '${module_}';
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  createProcessRegister('${join(folder, 'parent.json')}').add('sleeper', child.pid, 'SIGTERM');
  console.log(child.pid);
  setInterval(() => {}, 1000);
`;

test('children end with a stack that is killed outright', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', parentScript], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(String(line));
  expect(identify(pid)).toBeDefined();
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(identify(pid)).toBeUndefined(), { timeout: 5000 });
});

test('what an earlier stack left running is ended, by name, and nothing else', async () => {
  const leftover = spawn('sleep', ['600'], { stdio: 'ignore' });
  const file = join(folder, 'leftovers.json');
  const entry = { ...identify(leftover.pid as number), name: 'sleeper', stopSignal: 'SIGTERM' };
  // This very process under a start time that is not its own: the number was given away since.
  const reused = { pid: process.pid, startedAt: 'long ago', name: 'reused', stopSignal: 'SIGTERM' };
  writeFileSync(file, JSON.stringify([entry, reused]));
  const exited = once(leftover, 'exit');
  expect(await endLeftovers(file)).toEqual(['sleeper']);
  expect((await exited)[1]).toBe('SIGTERM');
  expect(existsSync(file)).toBe(false);
});

test('without an earlier stack there is nothing to end', async () => {
  expect(await endLeftovers(join(folder, 'none.json'))).toEqual([]);
});
