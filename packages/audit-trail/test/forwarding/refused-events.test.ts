/** An event that the second destination will never take does not hold up those behind it. */
import { Secret } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ChainedEvent } from '../../src/chain/trail.ts';
import { openTrail, type TrailDatabase } from '../chain/trail-database.ts';
import { chained, secret, shipperOf, syslog, toDocument, webhook } from './forwarding.ts';

let shop: TrailDatabase;
beforeAll(async () => {
  shop = await openTrail();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

// attack: save metadata of a megabyte, so that a receiver ends the connection at its audit event for ever | RFC 5425 4.3.1, CWE-223 | guard: packages/audit-trail/src/forwarding/syslog-writer.ts
it('a syslog receiver is not sent an event that is longer than receivers take: it is set aside, and the others arrive', async () => {
  const receiver = await syslog();
  await shop.append(3);
  await shop.chain();
  const documentOf = (event: ChainedEvent) => {
    const { id, body } = toDocument(event);
    return {
      id,
      body: { ...body, gatehouse: { text: 'x'.repeat(event.position === 2 ? 65_536 : 60_000) } },
    };
  };
  expect(await shipperOf(shop, receiver, documentOf).shipOnce()).toBe(3);
  const [first, , last] = await chained(shop);
  expect(receiver.ids()).toEqual([first, last]);
  const { rows } = await shop.pool.query('SELECT position, reason FROM shop.audit_set_aside');
  expect(rows).toEqual([{ position: '2', reason: 'longer than 65536 bytes' }]);
});

// attack: sign in as <script>, so that a firewall keeps all later events from the receiver | CWE-223, OWASP A09:2021 | guard: packages/audit-trail/src/forwarding/webhook-writer.ts
it('a webhook gets what follows an event that a firewall in front of it refuses; that one alone is set aside', async () => {
  const receiver = await webhook();
  receiver.state.suspicious = /Zoë-[57]"/;
  await shop.append(8);
  await shop.chain();
  const signed = { ...receiver, secret: new Secret(secret) };
  expect(await shipperOf(shop, signed).shipOnce()).toBe(8);
  const { rows } = await shop.pool.query('SELECT position, reason FROM shop.audit_set_aside ORDER BY 1');
  const reason = expect.stringMatching(/^localhost:\d+ answered 403$/);
  expect(rows).toEqual([
    { position: '5', reason },
    { position: '7', reason },
  ]);
  const ids = await chained(shop);
  expect(receiver.taken()).toEqual(ids.filter((_, index) => index !== 4 && index !== 6));
  receiver.state.suspicious = undefined;
  expect(await shipperOf(shop, signed).reship()).toBe(2);
  expect(new Set(receiver.taken())).toEqual(new Set(ids));
});

it('a webhook that refuses every event is set up wrongly: nothing is set aside', async () => {
  const receiver = await webhook();
  receiver.state.suspicious = /./;
  await shop.append(8);
  await shop.chain();
  const signed = { ...receiver, secret: new Secret(secret) };
  await expect(shipperOf(shop, signed).shipOnce()).rejects.toThrow('403');
  expect((await shop.pool.query('SELECT * FROM shop.audit_set_aside')).rows).toEqual([]);
  receiver.state.suspicious = undefined;
  expect(await shipperOf(shop, signed).shipOnce()).toBe(8);
  expect(receiver.taken()).toEqual(await chained(shop));
});
