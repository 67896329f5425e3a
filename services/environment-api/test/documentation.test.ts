/** The first lines of docs/explain/environment-api.md, pasted into a shell against the estate that `npm start` makes. */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { demoSeed, startSimulator } from '@gatehouse/config-server-simulator';
import { expect, it, onTestFinished } from 'vitest';
import { ops, startApi } from './running-api.ts';

const page = readFileSync(new URL('../../../docs/explain/environment-api.md', import.meta.url), 'utf8');
const hasCurl = spawnSync('curl', ['--version']).status === 0;

it.skipIf(!hasCurl)(
  'an environment is created and checked by the lines of its page, and every login could succeed',
  async () => {
    const simulator = await startSimulator({ port: 0, seed: demoSeed, hash: 'test' });
    onTestFinished(() => simulator.close());
    const api = await startApi({ env: { GATEHOUSE_REACHABILITY_TIMEOUT_MS: '5000' } });
    onTestFinished(() => api.close());
    await api.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = api.app.server.address() as AddressInfo;

    const [, printed = ''] = /^```sh\n(.*?)^```$/ms.exec(page) ?? [];
    const here: [printed: string, here: string][] = [
      ['http://localhost:8090', `http://127.0.0.1:${port}`],
      ['ops:demo-ops-password', `${ops.username}:${ops.password}`],
      ['8888', String(simulator.port)],
    ];
    for (const [value] of here) expect(printed).toContain(value);
    const lines = here.reduce((text, [value, other]) => text.replaceAll(value, other), printed);
    const { stdout } = await promisify(execFile)('sh', [
      '-eu',
      '-c',
      lines.replaceAll(/^curl /gm, "curl -w '\\n' "),
    ]);
    const [created, checked] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(created.status).toEqual({ code: 0 });
    expect(created.warnings).toBeUndefined();
    expect(checked.data.servers[0].login.map(({ status }: { status: string }) => status)).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    expect(checked.data.ok).toBe(true);
  },
);
