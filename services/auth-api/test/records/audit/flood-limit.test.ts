/** What a flood of refused sign-ins leaves in the audit trail: the first ones whole, of the others their number. */
import { expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/records/audit/event.ts';
import { createFloodLimit, type FloodLimits } from '../../../src/records/audit/flood-limit.ts';
import { silentLog } from '../../stack/redis.ts';

function flooded(limits: FloodLimits) {
  const written: AuditEvent[] = [];
  const limit = createFloodLimit({
    ...limits,
    audit: { write: async (event) => void written.push(event) },
    log: silentLog,
  });
  const refuse = (clientAddress: string, userName: string) =>
    limit.write({
      ...{ name: 'login_throttled', outcome: 'failure', correlationId: `of-${userName}`, clientAddress },
      fields: { userName, reason: 'the address limit was reached' },
    });
  return { written, limit, refuse };
}

it('keeps the first events of an address, and writes how many more there were, without names', async () => {
  const { written, limit, refuse } = flooded({ maxPerAddress: 3, maxTotal: 100 });
  for (let count = 1; count <= 50; count++) await refuse('203.0.113.7', `user${count}`);
  await refuse('203.0.113.8', 'somebody-else');
  await limit.close();

  expect(written.map(({ fields }) => fields?.['userName'] ?? fields?.['repeated'])).toEqual([
    ...['user1', 'user2', 'user3', 'somebody-else'],
    47,
  ]);
  expect(written.at(-1)).toEqual({
    ...{
      name: 'login_throttled',
      outcome: 'failure',
      correlationId: 'of-user50',
      clientAddress: '203.0.113.7',
    },
    fields: { reason: 'the address limit was reached', repeated: 47 },
  });
});

it('says with the number of refused messages which kind of message the last one was', async () => {
  const { written, limit } = flooded({ maxPerAddress: 1, maxTotal: 100 });
  const fields = { operation: 'samlLogout', reason: 'signature_missing' };
  const refusal = {
    name: 'sso_refused',
    outcome: 'failure',
    correlationId: 'one',
    clientAddress: '203.0.113.7',
  };
  for (let count = 1; count <= 3; count++)
    await limit.write({ ...refusal, fields: { ...fields, detail: `answer ${count}` } } as AuditEvent);
  await limit.close();
  expect(written.at(-1)?.fields).toEqual({ ...fields, repeated: 2 });
});

it('takes the addresses of one line of IPv6 as one', async () => {
  const { written, limit, refuse } = flooded({ maxPerAddress: 2, maxTotal: 100 });
  for (let count = 1; count <= 20; count++) await refuse(`2001:db8::${count}`, 'agent');
  await limit.close();

  expect(written).toHaveLength(3);
});

it('writes a bounded number of events however many addresses a flood comes from, and counts every one', async () => {
  const { written, limit, refuse } = flooded({ maxPerAddress: 10, maxTotal: 20 });
  for (let count = 0; count < 5000; count++) await refuse(`10.0.${count >> 8}.${count & 255}`, 'agent');
  await limit.close();

  expect(written.length).toBeLessThanOrEqual(2 * 20 + 1);
  const told = written.reduce((sum, { fields }) => sum + Number(fields?.['repeated'] ?? 1), 0);
  expect(told).toBe(5000);
  expect(written.at(-1)).not.toHaveProperty('clientAddress');
});

it('begins anew after a window, and writes its numbers by itself', async () => {
  const written: AuditEvent[] = [];
  const limit = createFloodLimit({
    ...{ maxPerAddress: 1, maxTotal: 10, windowMs: 20, log: silentLog },
    audit: { write: async (event) => void written.push(event) },
  });
  const event: AuditEvent = {
    name: 'login_throttled',
    outcome: 'failure',
    correlationId: 'c',
    clientAddress: '::1',
  };
  await limit.write(event);
  await limit.write(event);
  await expect.poll(() => written.at(-1)?.fields).toEqual({ repeated: 1 });
  await limit.write(event);

  expect(written).toHaveLength(3);
});
