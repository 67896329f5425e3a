import { digestSecret } from '@gatehouse/service-kit/crypto';
import { AttemptRefused } from '@gatehouse/service-kit/limits';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSecretVerifier, type SecretVerifier } from '../../src/credentials/secret-verifier.ts';
import { hashOfNothing, hashSlowly, matchesSlowHash } from '../../src/credentials/stored-secret.ts';

let compared: string[];
let nowMs: number;
let running: number;
let maxRunning: number;
let verifier: SecretVerifier;

beforeEach(() => {
  compared = [];
  nowMs = 1_000_000;
  running = 0;
  maxRunning = 0;
  verifier = createSecretVerifier({
    now: () => nowMs,
    concurrency: 2,
    failuresPerOwner: 5,
    async matches(stored, secret) {
      compared.push(stored);
      maxRunning = Math.max(maxRunning, ++running);
      try {
        return await matchesSlowHash(stored, secret);
      } finally {
        running -= 1;
      }
    },
  });
});

const check = (
  hashes: string[],
  presented: string | string[],
  owner = 'client',
  clientAddress = '203.0.113.1',
) =>
  verifier.verify({
    kind: 'client',
    owner,
    secrets: hashes.map((hash) => ({ hash })),
    presented: [presented].flat(),
    clientAddress,
  });

describe('35: checking a secret', () => {
  it('makes the hash for unknown owners in the form of the others, so that it is computed and not refused', async () => {
    const formOf = (hash: string) => hash.split('$').map((part, index) => (index > 3 ? part.length : part));
    expect(formOf(hashOfNothing())).toEqual(formOf(await hashSlowly('chosen')));
    expect(await matchesSlowHash(hashOfNothing(), 'chosen')).toBe(false);
    expect(hashOfNothing()).not.toBe(hashOfNothing());
  });

  // attack: owners of secrets told by the time of an answer | ASVS 6.3.8, ASVS 11.2.4 | guard: packages/caller-auth/src/credentials/secret-verifier.ts
  it('does the same slow work for an unknown owner, a wrong generated and a wrong chosen secret', async () => {
    const chosen = await hashSlowly('right');

    expect(await check([], 'wrong')).toBe(false);
    expect(await check([digestSecret('right')], 'wrong')).toBe(false);
    expect(await check([chosen], 'wrong')).toBe(false);

    expect(compared).toHaveLength(3);
    expect(compared.every((hash) => hash.startsWith('$argon2id$v=19$m=19456,t=2,p=1$'))).toBe(true);
  });

  it('does no slow work for a right generated secret', async () => {
    expect(await check([digestSecret('right')], 'right')).toBe(true);
    expect(compared).toHaveLength(0);
  });

  it('remembers a right chosen secret until something changes', async () => {
    const chosen = await hashSlowly('right');

    await check([chosen], 'right');
    await check([chosen], 'right');
    expect(compared).toHaveLength(1);

    verifier.forget();
    await check([chosen], 'right');
    expect(compared).toHaveLength(2);
  });

  it('does not take what it remembers of one owner or hash for another', async () => {
    const [one, other] = [await hashSlowly('right'), await hashSlowly('different')];
    await check([one], 'right');

    expect(await check([other], 'right')).toBe(false);
    expect(await check([one], 'right', 'another')).toBe(true);
    expect(compared).toHaveLength(3);
  });

  // attack: former secret after its grace time | ASVS 13.3.4 | guard: packages/caller-auth/src/credentials/secret-verifier.ts
  it('refuses a former secret after its grace time', async () => {
    const secrets = [{ hash: digestSecret('new') }, { hash: digestSecret('old'), expiresAtMs: nowMs + 10 }];
    const old = () =>
      verifier.verify({ kind: 'client', owner: 'client', secrets, presented: ['old'], clientAddress: 'a' });

    expect(await old()).toBe(true);
    nowMs += 10;
    expect(await old()).toBe(false);
  });

  // attack: secret guessed without limit | ASVS 6.3.1, CVE-2024-4629 | guard: packages/caller-auth/src/credentials/guess-limits.ts
  it('refuses too many failures before any work, also in parallel, and forgets them with time', async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => check([], `wrong ${index}`)),
    );

    expect(attempts.filter(({ status }) => status === 'rejected')).toHaveLength(15);
    expect(compared).toHaveLength(5);
    await expect(check([], 'wrong')).rejects.toMatchObject({ status: 429, retryAfterSeconds: 60 });
    // Another address and a right secret are not kept out.
    expect(await check([digestSecret('right')], 'right')).toBe(true);
    expect(await check([await hashSlowly('right')], 'right', 'client', '203.0.113.2')).toBe(true);

    nowMs += 60_001;
    expect(await check([], 'wrong')).toBe(false);
  });

  // attack: right secret told apart after the limit | ASVS 6.3.8 | guard: packages/caller-auth/src/credentials/secret-verifier.ts
  it('49: tells a guesser nothing once he is refused, though the right secret is remembered', async () => {
    const chosen = await hashSlowly('right');
    expect(await check([chosen], 'right')).toBe(true);
    await Promise.allSettled(Array.from({ length: 6 }, (_, index) => check([chosen], `wrong ${index}`)));

    await expect(check([chosen], 'right')).rejects.toMatchObject({ status: 429 });
    // Others are not kept out, and the guesser waits for his minute only.
    expect(await check([chosen], 'right', 'client', '203.0.113.2')).toBe(true);
    nowMs += 60_001;
    expect(await check([chosen], 'right')).toBe(true);
  });

  it('takes the new secret of a service while pods at other addresses still send the former one', async () => {
    const reserve = async () => Promise.reject(new AttemptRefused(60_000, 'account'));
    verifier = createSecretVerifier({ now: () => nowMs, concurrency: 2, shared: { reserve } });
    const secrets = [{ hash: digestSecret('new'), isChosen: true }];
    const present = (kind: 'service' | 'operator', presented: string, clientAddress: string) =>
      verifier.verify({ kind, owner: 'one', secrets, presented: [presented], clientAddress });

    for (const kind of ['service', 'operator'] as const)
      await expect(present(kind, 'former', '10.0.0.1')).rejects.toMatchObject({ status: 429 });

    expect(await present('service', 'new', '10.0.0.2')).toBe(true);
    // Where somebody guesses, and where people choose the secret, nothing is told.
    await expect(present('service', 'new', '10.0.0.1')).rejects.toMatchObject({ status: 429 });
    await expect(present('operator', 'new', '10.0.0.2')).rejects.toMatchObject({ status: 429 });
  });

  it('49: counts guesses on an owner also where the address has no tries left', async () => {
    const chosen = await hashSlowly('right');
    verifier = createSecretVerifier({
      now: () => nowMs,
      concurrency: 2,
      failuresPerOwner: 5,
      failuresPerAddress: 1,
    });
    expect(await check([chosen], 'right')).toBe(true);
    await Promise.allSettled(Array.from({ length: 6 }, (_, index) => check([chosen], `wrong ${index}`)));

    await expect(check([chosen], 'right')).rejects.toMatchObject({ status: 429 });
  });

  // attack: honest caller shut out by the other reading of its secret | RFC 6749 2.3.1, CWE-645 | guard: packages/caller-auth/src/credentials/secret-verifier.ts
  it('counts one attempt for a secret that can be read in two ways, and none when one of them is right', async () => {
    const chosen = await hashSlowly('a b');
    for (let index = 0; index < 10; index += 1) {
      expect(await check([chosen], ['a+b', 'a b'])).toBe(true);
      verifier.forget();
    }
    const wrong = () => check([chosen], [`x+${compared.length}`, `x ${compared.length}`]);
    for (let index = 0; index < 5; index += 1) expect(await wrong()).toBe(false);
    await expect(wrong()).rejects.toMatchObject({ status: 429 });
  });

  it('counts no attempt while the count of all replicas cannot be reached, so that the right secret passes afterwards', async () => {
    let isReached = false;
    const right = await hashSlowly('right');
    const guarded = createSecretVerifier({
      now: () => nowMs,
      concurrency: 2,
      failuresPerOwner: 5,
      shared: {
        reserve: async () => {
          if (!isReached) throw new Error('Redis is away');
          return { succeed: async () => {}, release: async () => {} };
        },
      },
    });
    const verify = () =>
      guarded.verify({
        kind: 'client',
        owner: 'client',
        secrets: [{ hash: right }],
        presented: ['right'],
        clientAddress: '203.0.113.1',
      });
    for (let attempt = 0; attempt < 10; attempt += 1) await expect(verify()).rejects.toThrow('Redis is away');
    isReached = true;
    expect(await verify()).toBe(true);
  });

  it('makes one check of a burst of the same secret', async () => {
    const chosen = await hashSlowly('right');
    const answers = await Promise.all(Array.from({ length: 30 }, () => check([chosen], 'right')));

    expect(answers.every(Boolean)).toBe(true);
    expect(compared).toHaveLength(1);
  });

  it('computes at most so many hashes at once', async () => {
    await Promise.all(Array.from({ length: 6 }, (_, index) => check([], 'wrong', `client ${index}`)));
    expect(maxRunning).toBe(2);
  });

  // attack: huge secret that costs much work | ASVS 6.2.9 | guard: packages/caller-auth/src/credentials/secret-verifier.ts
  it('50: takes no empty and no huge secret, without any work', async () => {
    expect(await check([digestSecret('')], '')).toBe(false);
    expect(await check([], 'x'.repeat(1_000_000))).toBe(false);
    expect(compared).toHaveLength(0);
  });
});
