/** Webhooks that attack the service which sends them audit events. */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { Secret } from '@gatehouse/service-kit/crypto';
import { type HostileAct, hostileActs, redirectTo, startHostileHttp } from '@gatehouse/testing/hostile';
import { createAuthority } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openTrail, type TrailDatabase } from '../chain/trail-database.ts';
import { chained, identity, secret, shipperOf, webhook } from './forwarding.ts';

let shop: TrailDatabase;
beforeAll(async () => {
  shop = await openTrail();
});
afterAll(() => shop.close());
beforeEach(async () => {
  await shop.reset();
  await shop.append(3);
  await shop.chain();
});

const timeoutMs = 1_000;
const shipTo = (url: string) => shipperOf(shop, { url, secret: new Secret(secret), timeoutMs }).shipOnce();

/** What is not acknowledged must be there for the next one. */
async function expectAllKept(): Promise<void> {
  const honest = await webhook();
  expect(await shipTo(honest.url)).toBe(3);
  expect(honest.taken()).toEqual(await chained(shop));
}

describe('a webhook that attacks', () => {
  // attack: receiver of audit events that holds or fills the service | CWE-400, ASVS 15.2.2 | guard: packages/api-client/src/http/connections.ts
  it.each(Object.keys(hostileActs) as HostileAct[])('ends in time and takes no event: %s', async (act) => {
    const attacker = await startHostileHttp(act, identity);
    onTestFinished(() => attacker.close());
    const startedMs = performance.now();
    await expect(shipTo(attacker.url)).rejects.toThrow(/webhook|localhost/);
    // Answers that are refusals of the content are tried in smaller parts.
    expect(performance.now() - startedMs).toBeLessThan(10 * timeoutMs);
    await expectAllKept();
  });

  // attack: receiver of audit events that leads them and their signature to another address | CWE-918, CWE-601 | guard: packages/api-client/src/http/http-client.ts
  it.each([302, 307, 308] as const)('leads no event elsewhere by %d', async (status) => {
    const inside = await startHostileHttp('ends the connection', identity);
    const attacker = await startHostileHttp(redirectTo(inside.url, status), identity);
    onTestFinished(() => [attacker, inside].forEach((one) => void one.close()));
    await expect(shipTo(attacker.url)).rejects.toThrow('redirects');
    expect([attacker.requests.length, inside.requests]).toEqual([1, []]);
    await expectAllKept();
  });

  // attack: audit events sent to a webhook with a foreign certificate | RFC 9110 section 4.3.4, CWE-295 | guard: packages/api-client/src/http/connections.ts
  it.each([
    ['of another authority', createAuthority().issue()],
    ['for another name', undefined],
  ])('is sent nothing while its certificate is %s', async (_what, foreign) => {
    const attacker = await startHostileHttp('never answers', foreign ?? identity);
    onTestFinished(() => attacker.close());
    // The certificate is for localhost and 127.0.0.1.
    const url = foreign === undefined ? attacker.url.replace('localhost', '127.0.0.2') : attacker.url;
    await expect(shipTo(url)).rejects.toThrow();
    expect(attacker.requests).toEqual([]);
    await expectAllKept();
  });

  it('that never shakes hands is waited for no longer than for an answer', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    await expect(shipTo(`https://localhost:${port}/`)).rejects.toThrow('did not answer');
    await expectAllKept();
  });
});
