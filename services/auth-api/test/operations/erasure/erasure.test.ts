/** The data of a person who is gone: what is found, what goes, what stays, and what cannot bring it back. */
import { randomUUID } from 'node:crypto';
import type { Erasure } from '@gatehouse/contracts/auth-administration';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addApp, addPasskey } from '../../factors/people.ts';
import { contactCenterId, environmentId, otherContactCenterId } from '../../stack/auth-api.ts';
import { contactCenterAdministrator } from '../../stack/console.ts';
import { createClient, opsCall, type TestClient } from '../../stack/oauth.ts';
import { type Estate, second, startEstate } from '../help-desk/stack.ts';

let estate: Estate;
let client: TestClient;
beforeAll(async () => {
  estate = await startEstate();
  client = await createClient(estate.stack, { scope: ['openid'] });
});
afterAll(() => estate?.close());

const path = '/auth/v3/ops/people/erasure';
const order = (data: object, by?: string) =>
  opsCall(estate.stack, 'POST', path, { data: { contactCenter: 'demo', ...data } }, by);
const erase = async (data: object, by?: string) => {
  const answer = await order(data, by);
  if (answer.status !== 200) throw new Error(answer.body);
  return answer.json<{ data: Erasure }>().data;
};
const pool = () => estate.stack.deps.stores.pool;
const nothing = {
  ...{ sessions: 0, consents: 0, approvalCodes: 0, factors: 0, wrongPasswords: 0 },
  ...{ browsers: 0, rights: 0, refusals: 0 },
};

type Someone = Awaited<ReturnType<Estate['someone']>>;

/** Signed in, with a consent, a code for approvals, second factors and a right, and a wrong password once. */
async function wellKnown(): Promise<
  Someone & { sub: string; sid: string; accessToken: string; address: string }
> {
  const person = await estate.someone();
  const { tokens } = await person.signIn(client);
  const { sub, sid } = decodeJwt<{ sub: string; sid: string }>(tokens['id_token'] as string);
  const { consents, approvals, administrators } = estate.stack.deps;
  const key = { contactCenterId, sub };
  await consents.service.give(key, { clientId: client.clientId, scope: ['openid'] });
  await approvals.userCodes.set(key, 'a-code-of-theirs');
  await addApp(estate.stack, key);
  await estate.stack.deps.factors.recovery.make(key, { by: sub });
  await addPasskey(estate.stack, key);
  await administrators.appointments.add(
    { ...key, name: `demo\\${person.userName}`, rights: ['auditor'], way: 'password' },
    { name: 'ops', correlationId: randomUUID(), clientAddress: '192.0.2.9' },
  );
  const [event] = await estate.eventsOf({ user: sub, limit: '1' });
  const address = `203.0.113.${person.dbid % 100}/refused`;
  await pool().query(
    `INSERT INTO auth.refusals (at, client_id, contact_center_id, endpoint, error, reason, detail, sent, registered,
       correlation_id, client_address)
     VALUES (now(), 'any', '', 'token', 'invalid_grant', 'unknown_code', '', '{}', '{}', $1, $2)`,
    [event?.['correlationId'], address],
  );
  return { ...person, sub, sid, accessToken: tokens['access_token'] as string, address };
}

const leave = ({ dbid }: Someone) => estate.stack.simulator.store.deletePerson(dbid);

/** The rows of PostgreSQL that say one of the words. */
async function rowsWith(...words: string[]): Promise<string[]> {
  const { rows } = await pool().query<{ name: string }>(
    "SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'auth' AND table_type = 'BASE TABLE'",
  );
  const tables = await Promise.all(
    rows
      // Revocations must know whom they end, for as long as a token could live. The log of changes names nobody.
      .filter(({ name }) => !['revocations', 'changes'].includes(name))
      .map(({ name }) =>
        pool().query<{ row: string }>(`SELECT '${name} ' || to_jsonb(t)::text AS row FROM auth.${name} t`),
      ),
  );
  const all = tables.flatMap(({ rows: found }) => found.map(({ row }) => row));
  return all.filter((row) => words.some((word) => row.includes(word)));
}

describe('the erasure of a person who is gone', () => {
  it('shows before what is there, and changes nothing', async () => {
    const person = await wellKnown();
    const shown = await erase({ user: person.userName, dryRun: true });
    expect(shown).toEqual({
      contactCenterId,
      environmentId,
      source: 'configServer',
      present: { number: person.dbid, userName: person.userName },
      held: {
        sessions: 1,
        consents: 1,
        approvalCodes: 1,
        factors: 12,
        wrongPasswords: 0,
        browsers: expect.any(Number),
        rights: 1,
        refusals: 1,
        events: expect.any(Number),
      },
      stays: { actions: 0 },
    });
    expect(shown.held.events).toBeGreaterThan(2);
    expect(await erase({ user: person.userName, dryRun: true })).toEqual(shown);
  });

  it('is refused while the person is there, and while nobody can say so', async () => {
    const person = await wellKnown();
    const answer = await order({ user: person.userName });
    expect([answer.status, answer.body]).toEqual([409, expect.stringContaining('delete the person first')]);
    expect(await estate.isActive(person.accessToken)).toBe(true);
  });

  it('ends everything and leaves no word of the person, and the chain holds', async () => {
    const person = await wellKnown();
    await leave(person);
    const erased = await erase({ user: person.userName.toUpperCase() });
    expect(erased).toMatchObject({
      held: { consents: 1, approvalCodes: 1, factors: 12, rights: 1, refusals: 1 },
      copies: 0,
    });
    await expect.poll(() => estate.isActive(person.accessToken), second).toBe(false);

    await estate.stack.deps.audit.drained();
    expect(await rowsWith(person.userName, person.sub, person.sid, person.address)).toEqual([]);
    await estate.stack.deps.audit.worker.chained();
    const days = (await opsCall(estate.stack, 'GET', '/auth/v3/ops/audit/verify')).json<{ data: object[] }>();
    expect(days.data).toMatchObject([{ problems: [] }]);
    const events = await estate.eventsOf({ name: 'personal_data_erased', limit: '1' });
    expect(events).toMatchObject([{ contactCenterId, fields: { actor: 'ops', events: erased.held.events } }]);
  });

  it('may be repeated, and finishes what a crash interrupted', async () => {
    const person = await wellKnown();
    await leave(person);
    // As after a crash behind the first steps.
    const { sessions, audit } = estate.stack.deps;
    const { erasure } = audit;
    await erasure.mark({
      persons: [{ contactCenterId, sub: person.sub }],
      isConfined: false,
      userName: '',
      places: [],
    });
    await sessions.service.endAll({ everywhere: person.sub });
    expect(await erase({ user: person.userName })).toMatchObject({ held: { consents: 1, rights: 1 } });
    expect(await erase({ user: person.userName })).toMatchObject({ held: { ...nothing, events: 0 } });
    expect(await erase({ user: person.userName, number: person.dbid })).toMatchObject({
      held: { ...nothing, events: 0 },
    });
  });

  // attack: an event of a session that still runs somewhere brings an erased name back | CWE-212, GDPR Article 17 | guard: services/auth-api/src/records/audit/store.ts
  it('is not undone by an event that comes late', async () => {
    const person = await wellKnown();
    await leave(person);
    await erase({ user: person.userName });
    const late = {
      outcome: 'success',
      sub: person.sub,
      contactCenterId,
      clientAddress: '203.0.113.78',
      correlationId: `late ${person.dbid}`,
      fields: { userName: person.userName },
    } as const;
    await estate.stack.deps.audit.writer.write({ ...late, name: 'login_succeeded' });
    await estate.stack.deps.audit.writer.write({ ...late, name: 'session_ended', sid: person.sid });
    const events = await estate.eventsOf({ correlationId: late.correlationId });
    expect(events.map(({ name }) => name)).toEqual(['session_ended', 'login_succeeded']);
    expect(await rowsWith(person.userName, person.sub, late.clientAddress)).toEqual([]);
  });

  // attack: have the own data erased, come back, and act without a trace | CWE-778 | guard: services/auth-api/src/records/audit/store.ts
  it('hides nobody who signs in again', async () => {
    const person = await wellKnown();
    await leave(person);
    await erase({ user: person.userName });
    await pool().query("UPDATE auth.erased_subjects SET erased_at = erased_at - interval '2 minutes'");
    const back = { outcome: 'success', sub: person.sub, contactCenterId, fields: {} } as const;
    const { writer } = estate.stack.deps.audit;
    await writer.write({ ...back, name: 'login_succeeded', correlationId: 'back' });
    await estate.stack.deps.audit.drained();
    await writer.write({ ...back, name: 'session_ended', correlationId: 'back' });
    expect(await estate.eventsOf({ user: person.sub })).toMatchObject([{ name: 'session_ended' }]);
  });

  it('leaves a later person of the same name alone', async () => {
    const person = await wellKnown();
    await leave(person);
    const { store } = estate.stack.simulator;
    const { userName, typed } = person;
    await estate.stack.deps.audit.drained();
    const { DBID } = await store.createPerson({ tenantDbid: 101, userName, password: typed.password });
    const { tokens } = await person.signIn(client);
    const namesake = decodeJwt(tokens['id_token'] as string).sub ?? '';
    expect(namesake).not.toBe(person.sub);

    expect((await order({ user: userName })).status).toBe(409);
    expect(await erase({ user: userName, number: person.dbid })).toMatchObject({ held: { consents: 1 } });
    expect(await estate.isActive(tokens['access_token'])).toBe(true);
    expect(await estate.eventsOf({ user: namesake, name: 'login_succeeded' })).toHaveLength(1);
    expect(await estate.eventsOf({ user: person.sub })).toEqual([]);
    await store.deletePerson(DBID as number);
  });

  // attack: the administrator of one contact centre erases the trail of another one | CWE-639, OWASP API1:2023 | guard: services/auth-api/src/operations/erasure/erased-person.ts
  it('by the administrator of a contact centre reaches that one alone, and no administrator of the installation', async () => {
    const person = await wellKnown();
    await leave(person);
    const of = (place: string) =>
      contactCenterAdministrator(estate.stack, { sub: `admin of ${place}`, contactCenterId: place });
    const neighbour = await of(otherContactCenterId);
    expect((await order({ user: person.userName }, neighbour)).status).toBe(404);
    const named = { user: person.userName, number: person.dbid, contactCenter: otherContactCenterId };
    expect(await erase(named, neighbour)).toMatchObject({ held: { ...nothing, events: 0 } });
    expect(await estate.eventsOf({ user: person.sub, name: 'login_succeeded' })).toHaveLength(1);

    const { administrators } = estate.stack.deps;
    const actor = { name: 'ops', correlationId: 'appointed', clientAddress: '192.0.2.9' };
    await administrators.service.add(
      { sub: person.sub, name: person.userName, contactCenterId, way: 'password' },
      actor,
    );
    const own = await of(contactCenterId);
    expect((await order({ user: person.userName }, own)).status).toBe(403);
    await administrators.service.remove(person.sub, actor);
    expect(await erase({ user: person.userName }, own)).toMatchObject({ held: { consents: 1, rights: 1 } });
    expect(await estate.eventsOf({ user: person.sub, contactCenterId })).toEqual([]);
  });
});
