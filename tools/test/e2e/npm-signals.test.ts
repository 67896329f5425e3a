import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { newStateFolder, processesNaming, startTimeoutMs } from './running-stack.ts';

/** `npm start` as a script starts it: one child process, whose pid is npm's. */
async function npmStart(stateFolder: string) {
  const npm = spawn('npm', ['start', '--', '--port', '0', '--quiet', '--state', stateFolder], {
    stdio: 'ignore',
  });
  const stackFile = join(stateFolder, 'stack.json');
  await vi.waitUntil(() => existsSync(stackFile) && npm.exitCode === null, {
    timeout: startTimeoutMs,
    interval: 100,
  });
  const { publicUrl } = JSON.parse(readFileSync(stackFile, 'utf8')) as { publicUrl: string };
  expect((await fetch(`${publicUrl}/auth/v3/oauth/jwks`)).status).toBe(200);
  return { npm, stackFile };
}

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'npm that gets %s leaves nothing running',
  { timeout: startTimeoutMs + 60_000 },
  async (signal) => {
    const stateFolder = await newStateFolder();
    const { npm, stackFile } = await npmStart(stateFolder);
    npm.kill(signal);
    await vi.waitUntil(() => !existsSync(stackFile) && processesNaming(stateFolder).length === 0, {
      timeout: 40_000,
      interval: 100,
    });
    await rm(stateFolder, { recursive: true, force: true });
  },
);
