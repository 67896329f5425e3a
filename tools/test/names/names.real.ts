/** Names that lie, fail or are not answered: real look-ups of a process in a network of its own, by a name server of the test. */
import { spawn, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Mounts and addresses of its own. Two public addresses, so that look-ups ask for both families. */
const script = (resolvConf: string) =>
  [
    'ip link set lo up',
    'ip address add 9.9.9.9/32 dev lo',
    'ip -6 address add 2620:fe::9/128 dev lo nodad',
    `mount --bind ${resolvConf} /etc/resolv.conf`,
    `exec ${process.execPath} --conditions=source ${join(import.meta.dirname, 'inside.ts')}`,
  ].join(' && ');

const isPossible =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['--mount', '--net', 'ip', 'link']).status === 0;

interface Timed {
  outcome: unknown;
  ms: number;
}

interface Findings {
  insideAnswers: Record<string, unknown>;
  mixed: unknown;
  turning: unknown[];
  reached: string[];
  insideSockets: string[];
  broken: Record<string, Timed>;
  own: Timed;
  silentEnded: number;
  redisWithoutName: Timed;
  redisBackMs: number;
  links: Record<string, unknown>;
}

describe.skipIf(!isPossible)('a name server that lies or fails', () => {
  let found: Findings;
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    const resolvConf = join(folder, 'resolv.conf');
    // As the C library has it by default: ten seconds for a name.
    writeFileSync(resolvConf, 'nameserver 127.0.0.53\noptions timeout:5 attempts:2\n');
    const child = spawn('unshare', ['--mount', '--net', 'sh', '-c', script(resolvConf)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    found = JSON.parse(Buffer.concat(await child.stdout.toArray()).toString());
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('leads no call of a registered address inside, in any family', () => {
    expect(new Set(Object.values(found.insideAnswers))).toEqual(new Set(['address']));
    expect(found.insideSockets).toEqual([]);
  });

  it('cannot mix an inside address in, or put one in the place of the first answer', () => {
    expect([found.mixed, found.turning]).toEqual([200, [200, 'address']]);
    expect(found.reached).toEqual(['9.9.9.9', '9.9.9.9']);
  });

  it('costs a call no more than its own time, whatever it answers', () => {
    for (const [way, { outcome, ms }] of Object.entries(found.broken)) {
      expect(outcome, way).toBe('unreachable');
      expect(ms, way).toBeLessThan(4_000);
    }
  });

  // Before, it took 100 seconds.
  it('that is silent about twenty registered names delays none of our own', () => {
    expect(found.own.outcome).toBe('127.0.0.1');
    expect(found.own.ms).toBeLessThan(2_000);
    expect(found.silentEnded).toBeLessThan(4_000);
  });

  it('that does not know Redis any more costs commands no wait, and Redis is back as soon as it does', () => {
    expect(found.redisWithoutName.outcome).not.toBe('OK');
    expect(found.redisWithoutName.ms).toBeLessThan(2_000);
    expect(found.redisBackMs).toBeLessThan(5_000);
  });

  it('gets no password of a Configuration Server: nothing is sent in plain text, and nothing before the certificate', () => {
    expect(found.links).toEqual({
      plainLink: 'NoEndpoint',
      plainSeen: 0,
      tlsLink: 'NoEndpoint',
      holdsPassword: false,
      isTls: true,
    });
  });
});
