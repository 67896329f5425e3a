/** Security events as a file: for a spreadsheet or another program, as far as the caller may see them. */
import { randomUUID } from 'node:crypto';
import { runCommand } from '@gatehouse/cli/run-command';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, otherContactCenterId, startAuthApi } from '../../stack/auth-api.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { contactCenterAdministrator } from '../../stack/console.ts';
import { createClient, opsCall } from '../../stack/oauth.ts';

const path = '/auth/v3/ops/audit/export';

const sub = randomUUID();

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
  await write(1_200, { name: 'login_succeeded', sub, contactCenterId });
  await write(1, { name: 'login_failed', contactCenterId: otherContactCenterId });
});
afterAll(() => stack?.close());

async function write(count: number, event: object, userName?: string) {
  for (let index = 0; index < count; index += 1) {
    const fields = { userName: userName ?? `user-${index}` };
    await stack.deps.audit.writer.write({
      ...{ outcome: 'success', correlationId: randomUUID(), clientAddress: '192.0.2.1', fields },
      ...event,
    } as never);
  }
  await stack.deps.audit.drained();
}

const ask = (query: Record<string, string>, authorization?: string) =>
  opsCall(stack, 'GET', `${path}?${new URLSearchParams(query)}`, undefined, authorization);
const linesOf = ({ body }: { body: string }) => body.split('\n').filter((line) => line !== '');

describe('an export', () => {
  it('has every event the filter finds, a line each, newest first, over many pages', async () => {
    const answer = await ask({ name: 'login_succeeded' });
    expect([answer.headers['content-type'], answer.headers['content-disposition']]).toEqual([
      'application/x-ndjson; charset=utf-8',
      'attachment; filename="security-events.ndjson"',
    ]);
    const events = linesOf(answer).map((line) => JSON.parse(line));
    expect(events).toHaveLength(1_200);
    const seqs = events.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.toSorted((one, other) => other - one));
    expect(new Set(seqs).size).toBe(1_200);
    await stack.deps.audit.drained();
    const inspected = await opsCall(stack, 'GET', '/auth/v3/ops/audit?name=access_inspected&limit=1');
    expect(inspected.body).toContain('"purpose":"export"');
  });

  it('goes on where another one was cut', async () => {
    const whole = linesOf(await ask({ name: 'login_succeeded' }));
    const first = linesOf(await ask({ name: 'login_succeeded', limit: '700' }));
    const before = String(JSON.parse(first.at(-1) ?? '').seq);
    expect([...first, ...linesOf(await ask({ name: 'login_succeeded', before }))]).toEqual(whole);
  });

  it('names people, clients and contact centres beside their identifiers', async () => {
    const { clientId } = await createClient(stack, { name: 'Wallboard' });
    await write(1, { name: 'token_revoked', sub, clientId, contactCenterId, correlationId: 'names' });
    const [event] = linesOf(await ask({ correlationId: 'names' })).map((line) => JSON.parse(line));
    const names = { clientName: 'Wallboard', contactCenterName: 'Demo' };
    expect(event).toMatchObject({
      sub,
      clientId,
      ...names,
      personName: expect.stringMatching(/^demo\\user-\d+$/),
    });
    const [head, row] = (await ask({ correlationId: 'names', format: 'csv' })).body.split('\r\n');
    expect(head).toMatch(/,fields,id,personName,actorName,clientName,contactCenterName$/);
    expect(row).toContain(`${event.personName},,Wallboard,${event.contactCenterName}`);
  });

  // attack: administrator of a contact centre reads in an export the name of a client of others | CWE-639, OWASP API1:2023 | guard: services/auth-api/src/operations/audit-export/names.ts
  it('of the administrator of a contact centre names no client of others', async () => {
    const { clientId } = await createClient(stack, {
      name: 'Of others',
      contactCenterIds: [otherContactCenterId],
    });
    await write(1, { name: 'token_revoked', clientId, contactCenterId, correlationId: 'others' });
    const administrator = await contactCenterAdministrator(stack, { sub: randomUUID() });
    const own = (await ask({ correlationId: 'others' }, administrator)).body;
    expect([own.includes(clientId), own.includes('Of others')]).toEqual([true, false]);
    expect((await ask({ correlationId: 'others' })).body).toContain('Of others');
  });

  // attack: name of a user that a spreadsheet runs as a formula | CWE-1236 | guard: packages/service-kit/src/http/row-export.ts
  it('in CSV has no cell that a spreadsheet would calculate', async () => {
    const correlationId = '=HYPERLINK("https://evil.example")';
    await write(1, { name: 'logout', correlationId }, '"quoted", and\r\nmore');
    const answer = await ask({ name: 'logout', format: 'csv' });
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    const [names, row, ...rest] = answer.body.split('\r\n');
    expect(names?.split(',').slice(0, 3)).toEqual(['seq', 'at', 'name']);
    expect(row).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
    expect(row).toContain(String.raw`"{""userName"":""\""quoted\"", and\r\nmore""}"`);
    expect(rest).toEqual(['']);
  });

  // attack: name of a user that a spreadsheet runs as a formula, behind a separator of its own | CWE-1236, OWASP CSV injection | guard: packages/service-kit/src/http/row-export.ts
  it.each([
    // Half of Europe has the semicolon between cells.
    ['gone;=1+1', "gone;'=1+1"],
    ['gone; =1+1', "gone;' =1+1"],
    ['gone;-1', "gone;'-1"],
    ['gone;＝1+1', "gone;'＝1+1"],
    ['gone;1', 'gone;1'],
  ])('in CSV has no part of a cell that a spreadsheet would calculate: %j', async (userName, shown) => {
    await write(1, { name: 'login_failed', correlationId: 'separators' }, userName);
    const { body } = await ask({
      name: 'login_failed',
      correlationId: 'separators',
      format: 'csv',
      limit: '1',
    });
    expect(body).toContain(`""${shown}""`);
  });

  // attack: administrator of a contact centre exports the events of others | CWE-639, OWASP API1:2023 | guard: services/auth-api/src/records/audit/schemas.ts
  it('of the administrator of a contact centre has its own events alone', async () => {
    const administrator = await contactCenterAdministrator(stack, { sub: randomUUID() });
    const own = linesOf(await ask({}, administrator)).map((line) => JSON.parse(line).contactCenterId);
    expect([own.length >= 1_200, new Set(own)]).toEqual([true, new Set([contactCenterId])]);
    expect((await ask({ contactCenterId: otherContactCenterId }, administrator)).body).toBe('');
  });

  it.each([[{ format: 'xml' }], [{ limit: '0' }], [{ before: 'x' }]])('is refused with %j', async (query) => {
    expect((await ask(query as Record<string, string>)).status).toBe(400);
  });
});

it('gatehouse audit export writes them all, in either form', async () => {
  const env = await operatorEnvironment(stack);
  const run = (...args: string[]) => runCommand(['audit', 'export', ...args], { env });
  const whole = await run('--contact-center', contactCenterId);
  expect(linesOf({ body: whole.out }).length).toBeGreaterThanOrEqual(1_200);
  const csv = linesOf({ body: (await run('--format', 'csv', '--contact-center', contactCenterId)).out });
  expect(csv.filter((line) => line.startsWith('seq,'))).toHaveLength(1);
  expect(csv.length).toBeGreaterThanOrEqual(1_201);
});
