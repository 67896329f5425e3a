/** Runs the program of docs/guides/deployment.md that repeats refused connections, as it is printed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';

const page = readFileSync(new URL('../../../docs/guides/deployment.md', import.meta.url), 'utf8');
const [, printed = ''] = /^`introspect\.mjs`\n\n```js\n(.*?)^```$/ms.exec(page) ?? [];

/** Tells on standard error when a connection was refused. */
const watch = `import { subscribe } from 'node:diagnostics_channel';
subscribe('undici:client:connectError', ({ error }) => process.stderr.write(error.code + '\\n'));`;

it('the printed program waits for a pod that listens, and gets its answer', async () => {
  const seen: { method: string | undefined; body: string }[] = [];
  const server = createServer(async (request, response) => {
    seen.push({ method: request.method, body: await text(request) });
    response.setHeader('content-type', 'application/json').end('{"active":true}');
  });
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');

  expect(printed).toContain('http://auth-api/');
  const program = printed.replace('http://auth-api/', `http://127.0.0.1:${port}/`);
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--import', `data:text/javascript,${encodeURIComponent(watch)}`, '-'],
    // Its imports are found from here.
    { cwd: new URL('..', import.meta.url), env: { AUTHORIZATION: 'Basic x', TOKEN: 'a-token' } },
  );
  onTestFinished(() => void child.kill());
  const output = text(child.stdout);
  child.stdin.end(program);
  expect(String(await once(child.stderr, 'data'))).toContain('ECONNREFUSED');
  server.listen(port, '127.0.0.1');

  expect(await output).toBe('200 { active: true }\n');
  expect(seen).toEqual([{ method: 'POST', body: 'token=a-token' }]);
}, 30_000);
