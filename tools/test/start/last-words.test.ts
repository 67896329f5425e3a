/** Commands that end at once, and outputs that no process can write without waiting: each ends, whoever reads. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createPausedPipe } from './paused-pipe.ts';
import { printing, spawnSources } from './service-process.ts';

// attack: a command whose last words nobody reads goes on for ever | CWE-833 | guard: packages/service-kit/src/http/process/run.ts
it.each([
  ['a wrong configuration', { LOG_LEVEL: 'nonsense' }, [], 78],
  ['an unknown command', {}, ['nonsense'], 64],
  ['check-config', {}, ['check-config'], 0],
  ['check-release', {}, ['check-release'], 1],
] as const)(
  '%s ends although nobody reads why',
  async (_name, env, command, code) => {
    const pipe = createPausedPipe();
    pipe.fill();
    const outputs = { stdout: pipe.writer, stderr: pipe.writer };
    const child = spawnSources(printing, env, [...command], outputs);
    pipe.closeWriter();
    expect(await once(child, 'exit')).toEqual([code, null]);
  },
  60_000,
);

it('a wrong configuration is told to a reader', async () => {
  const child = spawnSources(printing, { LOG_LEVEL: 'nonsense' }, []);
  const [told] = await Promise.all([text(child.stderr as never), once(child, 'exit')]);
  expect(told).toMatch(/LOG_LEVEL.*\n$/s);
});

/** Leaves both ends of a pair of sockets to the process, whose standard output is one of them. */
const withSocket = `
  $^F = 9;
  socketpair(my $reader, my $writer, AF_UNIX, $ARGV[0] eq 'datagram' ? SOCK_DGRAM : SOCK_SEQPACKET, 0) or die;
  shift;
  open(STDOUT, '>&', $writer) or die;
  exec @ARGV;
`;
const isPossible = process.platform === 'linux' && spawnSync('perl', ['-MSocket', '-e', '1']).status === 0;

describe.skipIf(!isPossible)('a socket of packets, to which a write can only wait', () => {
  // attack: a log that goes to a socket of packets stops the service | CWE-400, CWE-833 | guard: packages/service-kit/src/observability/logging/output.ts
  it.each(['datagram', 'seqpacket'])(
    'is refused at the start as standard output: %s',
    async (kind) => {
      const service = [process.execPath, '--conditions=source', printing];
      const child = spawn('perl', ['-MSocket', '-e', withSocket, kind, ...service], {
        env: {},
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: 30_000,
      });
      const [told, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
      expect([code, told]).toEqual([
        78,
        expect.stringMatching(/^Standard output is a socket of packets, .*\n$/),
      ]);
    },
    60_000,
  );
});
