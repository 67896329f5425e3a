import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createSupervised } from '../processes/supervised.ts';

/** A supervised Node script; `children` are its processes so far. */
function supervise(script: string) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-supervised-'));
  const children: ChildProcess[] = [];
  const print = vi.fn();
  const giveUp = vi.fn();
  const process_ = createSupervised(
    {
      name: 'example',
      async launch(logFile, onSpawn) {
        const child = spawn(process.execPath, ['-e', script], {
          stdio: ['ignore', logFile, logFile],
        });
        children.push(child);
        onSpawn(child);
        await once(child, 'spawn');
      },
    },
    {
      register: { add: vi.fn(), remove: vi.fn(), close: vi.fn() },
      logFolder: folder,
      print,
      giveUp,
    },
  );
  onTestFinished(async () => {
    await process_.stop();
    rmSync(folder, { recursive: true });
  });
  return { process: process_, children, print, giveUp };
}

const forever = 'setInterval(() => {}, 1000)';

test('a killed process is started again, in words', async () => {
  const { process, children, print, giveUp } = supervise(forever);
  await process.start();
  children[0]?.kill('SIGKILL');
  await vi.waitFor(() => expect(children).toHaveLength(2), { timeout: 5000 });
  await vi.waitFor(() => expect(print).toHaveBeenLastCalledWith('example runs again.'));
  expect(print).toHaveBeenCalledWith('example ended by itself (SIGKILL); it is started again.');
  expect(giveUp).not.toHaveBeenCalled();
});

test('a process that says its configuration is wrong is not started again', async () => {
  const { process, children, giveUp } = supervise(
    'console.error("GATEHOUSE_X is missing"); process.exitCode = 78',
  );
  await process.start();
  await vi.waitFor(() => expect(giveUp).toHaveBeenCalled(), { timeout: 5000 });
  expect(giveUp.mock.calls[0]?.[0]).toMatch(
    /example does not stay up \(exit code 78\)[\s\S]*GATEHOUSE_X is missing/,
  );
  expect(children).toHaveLength(1);
});

test('a stopped process stays stopped', async () => {
  const { process, children, print } = supervise(forever);
  await process.start();
  await process.stop();
  expect(children[0]?.signalCode).toBe('SIGTERM');
  expect(children).toHaveLength(1);
  expect(print).not.toHaveBeenCalled();
});
