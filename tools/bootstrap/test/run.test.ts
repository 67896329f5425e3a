import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const bootstrap = new URL('../../bootstrap.mjs', import.meta.url).pathname;
const module_ = new URL('../run.mjs', import.meta.url).href;

/** A process that runs a Node script in its place and ends with its exit code. */
function inPlace(script: string, watched = false) {
  const code = `
    import { runForeground } from '${module_}';
    const options = { cwd: '/', env: process.env, watched: ${watched} };
    process.exitCode = await runForeground(process.execPath, ['-e', ${JSON.stringify(script)}], options);
  `;
  return spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

test('the exit code of the command is kept', async () => {
  const [code] = await once(inPlace('process.exit(7)'), 'exit');
  expect(code).toBe(7);
});

test('a command that a signal ended is reported as a shell does', async () => {
  const [code] = await once(inPlace('process.kill(process.pid, "SIGKILL")'), 'exit');
  expect(code).toBe(137);
});

test('a signal is handed on, and the command decides what it means', async () => {
  const child = inPlace(
    'process.on("SIGTERM", () => process.exit(5)); console.log("up"); setInterval(() => {}, 1e3)',
  );
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(5);
});

test('a watched command learns that the process which started it was killed', async () => {
  const child = inPlace(
    'process.on("disconnect", () => { console.log("alone"); process.exit() }); console.log("up")',
    true,
  );
  await once(child.stdout, 'data');
  const alone = once(child.stdout, 'data');
  child.kill('SIGKILL');
  expect(String((await alone)[0])).toContain('alone');
});

test('an unknown command is answered with the known ones', () => {
  const { status, stderr } = spawnSync(process.execPath, [bootstrap, 'strat'], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain('start|test|');
});
