import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { end } from '../processes.ts';

const program = ['-e', 'setInterval(() => undefined, 1000)'];

test('the end of a bench does not wait for a process that a signal has killed already', async () => {
  const child = spawn(process.execPath, program);
  child.kill('SIGKILL');
  await once(child, 'exit');

  await end(child);

  expect(child.signalCode).toBe('SIGKILL');
});
