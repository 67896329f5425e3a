import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '@gatehouse/testing/keys';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startAgentStandIn } from '../consul-registration/agent-stand-in.ts';
import { until, watchSuite } from '../harness.ts';
import { outcomeOf, programs, runServer } from './run-program.ts';

watchSuite();

const run = (args: readonly string[], options: Parameters<typeof outcomeOf>[2] = {}) =>
  outcomeOf(programs.simulator, args, options);

describe('the program', () => {
  it('explains itself', async () => {
    const { code, output } = await run(['--help']);
    expect(code).toBe(0);
    for (const word of ['serve', 'ping', 'read', 'authenticate', 'watch', '--seed'])
      expect(output).toContain(word);
    expect(await run(['dance'])).toMatchObject({
      code: 2,
      errors: expect.stringContaining('unknown command "dance"'),
    });
    for (const [args, words] of [
      [['serve', '--port', 'x'], '--port x'],
      [['serve', '--role', 'backup'], 'needs the --file'],
      [
        ['serve', '--port', '0', '--host', '0.0.0.0', '--consul', 'http://127.0.0.1:8500'],
        '--consul-address is missing',
      ],
      [['serve', '--port', '0', '--file', '/nowhere/estate'], '--file /nowhere/estate'],
      [['serve', '--port', '0', '--consul', 'http://consul.example'], 'explicit permission'],
    ] as const)
      expect(await run([...args])).toMatchObject({ code: 2, errors: expect.stringContaining(words) });
  }, 60_000);

  it('serves TLS, and registers in Consul under its present role', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'program-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const authority = createAuthority();
    const { cert, key } = authority.issue();
    for (const [name, content] of Object.entries({ ca: authority.cert, cert, key })) {
      await writeFile(join(folder, `${name}.pem`), content);
    }
    const at = (name: string) => join(folder, `${name}.pem`);
    const agent = await startAgentStandIn();
    const server = await runServer(
      '--tls-cert',
      at('cert'),
      '--tls-key',
      at('key'),
      '--consul',
      agent.url,
      '--name',
      'one',
    );
    await until(() => agent.registration !== undefined, 'the registration');
    expect(agent.registration).toMatchObject({
      Name: 'config-server',
      Port: server.port,
      Meta: { role: 'primary' },
    });
    const ping = await outcomeOf(programs.gatehouse, [
      'config-server',
      'ping',
      '--server',
      `127.0.0.1:${server.port}`,
      '--ca',
      at('ca'),
      '--count',
      '1',
    ]);
    expect(ping).toMatchObject({ code: 0, errors: '' });
    server.child.kill('SIGTERM');
    expect(await server.exited).toBe(0);
    expect(agent.calls.at(-1)).toMatch(/^PUT service\/deregister\//);
  }, 30_000);
});
