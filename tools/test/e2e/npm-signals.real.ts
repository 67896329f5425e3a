import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newStateFolder, processesNaming, startTimeoutMs } from './running-stack.ts';

/** Of both starts: the second one need not make its databases. */
let stateFolder: string;
beforeAll(async () => {
  stateFolder = await newStateFolder();
});
afterAll(() => rm(stateFolder, { recursive: true, force: true }));

/** `npm start` as a script starts it: one child process, whose pid is npm's. */
async function npmStart() {
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
    const { npm, stackFile } = await npmStart();
    npm.kill(signal);
    await vi.waitUntil(() => !existsSync(stackFile) && processesNaming(stateFolder).length === 0, {
      timeout: 40_000,
      interval: 100,
    });
  },
);
