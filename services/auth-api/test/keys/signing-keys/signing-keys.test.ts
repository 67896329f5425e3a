import { signingAlgorithms } from '@gatehouse/contracts/resources';
import { createDeletionBounds } from '@gatehouse/service-kit/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishKeys } from '../../../src/keys/signing-keys/jwks.ts';
import { reencryptSigningKeys } from '../../../src/keys/signing-keys/reencrypt.ts';
import { createSigner } from '../../../src/keys/signing-keys/signer.ts';
import type { SigningKeyService } from '../../../src/keys/signing-keys/signing-keys.ts';
import { boxOf, dayMs, type KeyStack, startKeyStack } from './key-stack.ts';

const actor = { name: 'ops', correlationId: 'test' };
let stack: KeyStack;

beforeAll(async () => {
  stack = await startKeyStack();
});
afterAll(() => stack?.close());

const signerOf = (service: SigningKeyService) =>
  createSigner({ keys: service.keys, issuer: 'https://login.test/auth/v3', refreshKeys: service.reload });
const kidsOf = ({ keys }: SigningKeyService) => signingAlgorithms.map((alg) => keys.active(alg).kid);
const claims = { iss: 'https://login.test/auth/v3', sub: 's' };

describe('signing keys', () => {
  it('are made once for every algorithm, however many replicas start at the same time, and stay after a restart', async () => {
    const replicas = await Promise.all(Array.from({ length: 5 }, () => stack.replica()));
    const restarted = await stack.replica();

    expect(new Set([...replicas, restarted].map((replica) => kidsOf(replica).join())).size).toBe(1);
    expect(restarted.keys.all.map(({ algorithm, state }) => `${algorithm} ${state}`)).toEqual([
      'RS256 active',
      'RS256 next',
      'ES256 active',
      'ES256 next',
      'EdDSA active',
      'EdDSA next',
    ]);
    expect(stack.events.map(({ name }) => name)).toEqual(Array(6).fill('signing_key_created'));
  });

  it('are stored encrypted, do not open with another encryption key, and are published without private members', async () => {
    const { keys } = await stack.replica();
    const { rows } = await stack.pool.query('SELECT * FROM auth.signing_keys');

    for (const row of rows) expect(row.private_key).toMatch(/^v1\.k1\./);
    expect(JSON.stringify(rows)).not.toMatch(/PRIVATE KEY|"(?:d|p|q|dp|dq|qi|k)"/);
    expect(JSON.stringify(publishKeys(keys.all))).not.toMatch(/"(?:d|p|q|dp|dq|qi|k)":/);
    await expect(stack.replica({ box: boxOf(['k1', 2]) })).rejects.toThrow();
  });

  it('are taken over by the next ones, which were published before; what the former ones signed still counts', async () => {
    const [one, two] = [await stack.replica(), await stack.replica()];
    const waiting = one.keys.all.filter(({ state }) => state === 'next').map(({ kid }) => kid);
    const published = publishKeys(two.keys.all).keys.map(({ kid }) => kid);
    const signed = await Promise.all(
      signingAlgorithms.map((alg) => signerOf(two).sign(claims, { typ: 'JWT' }, alg)),
    );

    await one.rotate(signingAlgorithms, actor);

    expect(kidsOf(one)).toEqual(waiting);
    for (const kid of kidsOf(one)) expect(published).toContain(kid);
    for (const jwt of signed)
      expect(await signerOf(one).recognize(jwt, { typ: 'JWT' })).toMatchObject(claims);
    // The other replica has not heard of it yet: a token of the new key makes it look.
    const fresh = await signerOf(one).sign(claims, { typ: 'JWT' }, 'ES256');
    expect(await signerOf(two).recognize(fresh, { typ: 'JWT' })).toMatchObject(claims);
    const { rows } = await stack.pool.query(
      `SELECT count(*)::int AS n FROM auth.signing_keys WHERE state = 'retired' AND private_key IS NOT NULL`,
    );
    expect(rows[0].n).toBe(0);
  });

  it('change by schedule, once, on whichever replica looks first', async () => {
    const [one, two] = [await stack.replica(), await stack.replica()];
    const before = kidsOf(one);
    await Promise.all([one.maintain(), two.maintain()]);
    expect(kidsOf(one)).toEqual(before);

    stack.clock.nowMs += 90 * dayMs;
    stack.events.length = 0;
    await Promise.all([one.maintain(), two.maintain()]);
    await two.reload();

    expect(kidsOf(one)).toEqual(kidsOf(two));
    expect(kidsOf(one).filter((kid) => before.includes(kid))).toEqual([]);
    const rotated = stack.events.filter(({ name }) => name === 'signing_key_rotated');
    expect(rotated.map(({ fields }) => [fields?.['actor'], fields?.['algorithm']])).toEqual(
      signingAlgorithms.map((algorithm) => ['schedule', algorithm]),
    );
  });

  it('do not change by schedule where none is set', async () => {
    const replica = await stack.replica({ rotationMs: 0 });
    const before = kidsOf(replica);
    stack.clock.nowMs += 3650 * dayMs;
    await replica.maintain();
    expect(kidsOf(replica)).toEqual(before);
    stack.clock.nowMs -= 3650 * dayMs;
  });

  it('are forgotten when nothing can live any more that they signed, and not a moment earlier', async () => {
    const replica = await stack.replica();
    const [former = ''] = kidsOf(replica);
    await replica.rotate(['RS256'], actor);
    const isPublished = () => publishKeys(replica.keys.all).keys.some(({ kid }) => kid === former);

    const retiredBefore = (interval: string) =>
      stack.pool.query(
        'UPDATE auth.signing_keys SET retired_at = clock_timestamp() - $2::interval WHERE kid = $1',
        [former, interval],
      );
    await retiredBefore('7 days 59 minutes');
    await replica.maintain();
    expect(isPublished()).toBe(true);
    await retiredBefore('7 days 61 minutes');
    await replica.maintain();
    expect(isPublished()).toBe(false);
  });

  // attack: set all clocks 100 days ahead, so that living tokens lose their keys | CWE-367 | guard: services/auth-api/src/keys/signing-keys/retired-keys.ts
  it('are not forgotten at once where a clock has jumped over the life of what they signed', async () => {
    const replica = await stack.replica();
    const [former = ''] = kidsOf(replica);
    await replica.rotate(['RS256'], actor);
    // As PostgreSQL sees it after the jump: key and bound are old.
    await stack.pool.query(
      `WITH moved AS (UPDATE auth.deletion_bounds SET bound_at = bound_at - interval '100 days' WHERE name = 'signing-keys')
        UPDATE auth.signing_keys SET retired_at = clock_timestamp() - interval '100 days' WHERE kid = $1`,
      [former],
    );
    await replica.maintain();
    expect(publishKeys(replica.keys.all).keys.some(({ kid }) => kid === former)).toBe(true);
    const waiting = createDeletionBounds(stack.pool, 'auth');
    expect(await waiting.confirm()).toMatchObject([{ name: 'signing-keys' }]);
    await replica.maintain();
    expect(publishKeys(replica.keys.all).keys.some(({ kid }) => kid === former)).toBe(false);
  });

  // attack: have a clock that was ahead keep one key signing for months | CWE-367, CWE-324 | guard: services/auth-api/src/keys/signing-keys/store.ts
  it('that were made by a clock which was ahead change by schedule, counted from when the clock was right again', async () => {
    const replica = await stack.replica();
    stack.clock.nowMs += 100 * dayMs;
    await replica.maintain();
    await replica.rotate(signingAlgorithms, actor);
    stack.clock.nowMs -= 100 * dayMs;
    await replica.maintain();
    const before = kidsOf(replica);
    stack.clock.nowMs += 90 * dayMs;
    await replica.maintain();
    expect(kidsOf(replica).filter((kid) => before.includes(kid))).toEqual([]);
  });

  it('that leaked are taken out, and replicas that read again refuse what they signed', async () => {
    const [one, two] = [await stack.replica(), await stack.replica()];
    const leaked = one.keys.active('ES256').kid;
    const forged = await signerOf(one).sign(claims, { typ: 'JWT' }, 'ES256');

    await one.remove(leaked, actor);
    await two.reload();

    for (const replica of [one, two]) {
      expect(await signerOf(replica).recognize(forged, { typ: 'JWT' })).toBeUndefined();
      expect(replica.keys.active('ES256').kid).not.toBe(leaked);
    }
  });

  it('are sealed anew with another encryption key while they serve; afterwards the former one may go', async () => {
    const replica = await stack.replica();
    const both = boxOf(['k2', 2], ['k1', 1]);

    expect(await reencryptSigningKeys(stack.pool, both)).toBeGreaterThanOrEqual(6);
    expect(await reencryptSigningKeys(stack.pool, both)).toBe(0);
    const restarted = await stack.replica({ box: boxOf(['k2', 2]) });

    expect(kidsOf(restarted)).toEqual(kidsOf(replica));
    // For the tests that follow.
    await reencryptSigningKeys(stack.pool, boxOf(['k1', 1], ['k2', 2]));
  });
});
