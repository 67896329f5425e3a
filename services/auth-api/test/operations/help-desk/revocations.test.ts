/** An administrator who revokes what a client, a person or a contact centre holds, with two replicas. */
import { runCommand } from '@gatehouse/cli/run-command';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { unavailable } from '@gatehouse/service-kit/errors';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contactCenterId, demoContactCenter } from '../../stack/auth-api.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { contactCenterAdministrator } from '../../stack/console.ts';
import {
  createClient,
  introspect,
  opsCall,
  passwordTokens,
  type TestClient,
  token,
} from '../../stack/oauth.ts';
import { call, type Estate, second, startEstate } from './stack.ts';

interface Answer {
  target: { kind: string; id: string; name?: string };
  revokedAt?: string;
  ends?: {
    people: number;
    sessions: number;
    clients: string[];
    client?: { sessions: number; consents: number };
  };
}

const otherCenter = { ...demoContactCenter, id: '44444444-4444-4444-8444-444444444444', domains: ['other'] };

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
  estate.stack.environmentApi.contactCenters.set(otherCenter.id, otherCenter);
});
afterAll(() => estate?.close());

const send = (data: unknown, wrapping: object = {}, authorization?: string) =>
  opsCall(estate.stack, 'POST', '/auth/v3/ops/revocations', { data, ...wrapping }, authorization);
const revoke = async (data: unknown) => {
  const answer = await send(data);
  if (answer.status !== 200) throw new Error(answer.body);
  return answer.json<{ data: Answer }>().data;
};
const ownToken = async (client: TestClient) =>
  (await token(estate.stack, client, { grant_type: 'client_credentials' })).json().access_token;
const whether = (tokens: string[]) => Promise.all(tokens.map(estate.isActive));
const signedIn = async (client: TestClient, tenant?: string) => {
  const person = await estate.someone(tenant);
  return { ...person, ...(await person.signIn(client)) };
};

describe('a revocation', () => {
  it('of a client ends its own tokens and those that it has of people, within a second', async () => {
    const [client, other] = [await createClient(estate.stack), await createClient(estate.stack)];
    const person = await signedIn(client);
    const { access_token, refresh_token } = person.tokens;
    const held = [access_token, refresh_token, await ownToken(client)];
    const others = [(await person.signIn(other)).tokens.access_token, await ownToken(other)];

    const { target, revokedAt } = await revoke({ client: client.clientId });
    expect(target).toMatchObject({ kind: 'client', id: client.clientId });
    expect(Date.parse(revokedAt ?? '')).toBeGreaterThan(0);

    await expect.poll(() => whether(held), second).toEqual([false, false, false]);
    expect(await whether(others)).toEqual([true, true]);
    expect(await estate.isIn(person.browser)).toBe(true);
    expect(await estate.isActive(await ownToken(client))).toBe(true);
    expect(await estate.eventsOf({ name: 'access_revoked', clientId: client.clientId })).toMatchObject([
      { clientAddress: '127.0.0.1', fields: { actor: 'ops', kind: 'client' } },
    ]);
  });

  it('of a person ends every session and token, those without a session included', async () => {
    const client = await createClient(estate.stack);
    const [person, bystander] = [await signedIn(client), await signedIn(client)];
    const own = await passwordTokens(estate.stack, client, {
      username: `demo\\${person.userName}`,
      password: person.typed.password,
    });
    await revoke({ user: person.userName, contactCenter: 'demo' });

    await expect
      .poll(() => whether([person.tokens.access_token, own.access_token]), second)
      .toEqual([false, false]);
    expect(await estate.isIn(person.browser)).toBe(false);
    expect(await estate.isIn(bystander.browser)).toBe(true);
  });

  it('of a contact centre ends what its people and its clients hold, and nothing of another one', async () => {
    const shared = await createClient(estate.stack);
    const bound = await createClient(estate.stack, { contactCenterIds: [otherCenter.id] });
    const [person, bystander] = [await signedIn(shared, 'other'), await signedIn(shared)];
    const held = [person.tokens.access_token, person.tokens.refresh_token, await ownToken(bound)];
    await revoke({ contactCenter: 'OTHER' });

    await expect.poll(() => whether(held), second).toEqual([false, false, false]);
    expect(await estate.isIn(person.browser)).toBe(false);
    expect(await whether([bystander.tokens.access_token, await ownToken(shared)])).toEqual([true, true]);
    expect(await estate.isIn(bystander.browser)).toBe(true);
    // It locks nobody out.
    expect(await estate.isIn((await person.signIn(shared)).browser)).toBe(true);
    expect(await estate.isActive(await ownToken(bound))).toBe(true);
  });

  // attack: audit trail that cannot be written holds up a revocation | ASVS 16.5.3 | guard: services/auth-api/src/operations/help-desk/revocations.ts
  it('takes effect although it cannot be recorded, and is not acknowledged', async () => {
    const client = await createClient(estate.stack);
    const held = await ownToken(client);
    const write = vi
      .spyOn(estate.stack.deps.audit.writer, 'write')
      .mockRejectedValueOnce(unavailable('Redis'));
    expect((await send({ client: client.clientId })).status).toBe(503);
    write.mockRestore();
    await expect.poll(() => estate.isActive(held), second).toBe(false);
  });
});

describe('a dry run', () => {
  it('shows what would end, ends nothing, and leaves an event', async () => {
    const client = await createClient(estate.stack, { contactCenterIds: [contactCenterId] });
    const unbound = await createClient(estate.stack);
    const [one, another] = [await signedIn(client), await signedIn(client)];
    await another.signIn(client);

    const ofClient = await revoke({ client: client.clientId, dryRun: true });
    expect(ofClient.ends).toMatchObject({ people: 2, sessions: 0, clients: [client.clientId] });
    expect(ofClient.ends?.client).toEqual({ sessions: 3, consents: 0 });
    const ofUser = await revoke({ user: another.userName, contactCenter: 'demo', dryRun: true });
    expect(ofUser.ends).toMatchObject({ people: 1, sessions: 2, clients: [client.clientId] });
    const ofCenter = await revoke({ contactCenter: contactCenterId, dryRun: true });
    expect(ofCenter.ends?.people).toBeGreaterThanOrEqual(2);
    const { userName: user } = await estate.someone();
    const looked = await call(estate.stack, 'GET', '/people/profile', { user, contactCenter: 'demo' });
    expect(looked.status).toBe(200);
    const afterwards = await revoke({ contactCenter: contactCenterId, dryRun: true });
    expect(afterwards.ends?.people).toBe(ofCenter.ends?.people);
    expect(ofCenter.ends?.sessions).toBeGreaterThanOrEqual(3);
    expect(ofCenter.ends?.clients).toContain(client.clientId);
    expect(ofCenter.ends?.clients).not.toContain(unbound.clientId);

    expect([ofClient, ofUser, ofCenter].some(({ revokedAt }) => revokedAt !== undefined)).toBe(false);
    expect(await whether([one.tokens.access_token, another.tokens.access_token])).toEqual([true, true]);
    expect(await estate.isIn(one.browser)).toBe(true);
    expect(await estate.eventsOf({ name: 'access_inspected', clientId: client.clientId })).toMatchObject([
      { fields: { actor: 'ops', purpose: 'revocation' } },
    ]);
  });
});

it('a dry run of a client counts the sessions that it is in and the consents that it has, and no others', async () => {
  const [asked, other] = [
    await createClient(estate.stack, { requireConsent: true }),
    await createClient(estate.stack),
  ];
  const person = await signedIn(other);
  const { sub } = (await introspect(estate.stack, estate.observer, person.tokens.access_token)) as {
    sub: string;
  };
  const consents = estate.stack.deps.consents.service;
  await consents.give({ contactCenterId, sub }, { clientId: asked.clientId, scope: ['openid'] });
  const heldBy = async ({ clientId }: TestClient) => (await revoke({ client: clientId, dryRun: true })).ends;
  expect((await heldBy(asked))?.client).toEqual({ sessions: 0, consents: 1 });
  expect((await heldBy(other))?.client).toEqual({ sessions: 1, consents: 0 });
  // It would end with the client, and does.
  await opsCall(estate.stack, 'DELETE', `/auth/v3/ops/clients/${asked.clientId}`);
  expect(await consents.list({ contactCenterId, sub })).toEqual([]);
});

describe('an order', () => {
  // attack: dry run that revokes because it is misspelt or misplaced | ASVS 2.2.1 | guard: packages/contracts/src/auth-administration/help-desk.ts
  it('with a misspelt or misplaced dry run revokes nothing', async () => {
    const client = await createClient(estate.stack);
    const held = await ownToken(client);
    expect((await send({ client: client.clientId, dryrun: true })).status).toBe(400);
    expect((await send({ client: client.clientId }, { dryRun: true })).status).toBe(400);
    expect((await send({ client: client.clientId, dryRun: 'yes' })).status).toBe(400);
    expect(await estate.isActive(held)).toBe(true);
  });

  it.each([
    [{}, 400, 'client, user or contactCenter'],
    [{ dryRun: true }, 400, 'client, user or contactCenter'],
    [{ client: 'x', user: 'y' }, 400, 'data.client'],
    [{ client: 'x', contactCenter: 'demo' }, 400, 'data.client'],
    [{ client: 'no-such-client' }, 404, 'client'],
    [{ contactCenter: 'nowhere' }, 404, 'contactCenter'],
    [{ user: 'nobody', contactCenter: 'demo' }, 404, 'nobody'],
    [{ user: ['agent'] }, 400, 'user'],
    [null, 400, 'data'],
  ])('of %j is refused with what is wrong', async (data, status, text) => {
    const answer = await send(data);
    expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(text)]);
  });

  // attack: bound manager revokes what all tenants hold | CWE-863, ASVS 8.2.1 | guard: services/auth-api/src/oauth/client-authentication/ops-authentication.ts
  it('of anybody but an administrator of the installation is refused', async () => {
    const bound = await createClient(estate.stack, {
      authorities: ['ROLE_MANAGEMENT_APPLICATION'],
      contactCenterIds: [contactCenterId],
    });
    const answer = await send({ client: bound.clientId }, {}, `Bearer ${await ownToken(bound)}`);
    expect(answer.status).toBe(403);
    expect((await send({ client: bound.clientId }, {}, 'Bearer nothing')).status).toBe(401);
  });
});

it('an administrator of a contact centre finds by sub somebody who only came there by an assertion', async () => {
  const sub = randomUuid();
  await estate.stack.deps.audit.writer.write({
    name: 'assertion_accepted',
    outcome: 'success',
    correlationId: 'request-1',
    ...{ sub, contactCenterId },
  });
  const by = async (place: string) =>
    contactCenterAdministrator(estate.stack, { sub: randomUuid(), contactCenterId: place });
  expect((await send({ user: sub }, {}, await by(otherCenter.id))).status).toBe(404);
  expect((await send({ user: sub }, {}, await by(contactCenterId))).status).toBe(200);
});

it('gatehouse revoke shows what will end, asks, and ends it', async () => {
  const env = await operatorEnvironment(estate.stack);
  const client = await createClient(estate.stack, { name: 'Reports' });
  const held = (await signedIn(client)).tokens.access_token;
  const run = (...args: string[]) => runCommand(['revoke', ...args], { env });

  const shown = await run('--client', client.clientId, '--dry-run');
  expect([shown.exitCode, shown.out]).toEqual([0, expect.stringContaining('the tokens of 1 people')]);
  // Nobody answers.
  const asked = await run('--client', client.clientId);
  expect([asked.exitCode, asked.error]).toEqual([2, expect.stringContaining('client Reports')]);
  expect(await estate.isActive(held)).toBe(true);

  const done = await run('--client', client.clientId, '--yes');
  expect([done.exitCode, done.out]).toEqual([0, expect.stringMatching(/^Revoked: client Reports/)]);
  await expect.poll(() => estate.isActive(held), second).toBe(false);
  expect((await run()).exitCode).toBe(2);
  expect((await run('--client', 'x', '--user', 'y', '--yes')).exitCode).toBe(2);
  expect((await run('--client', 'no-such-client', '--yes')).exitCode).toBe(4);
});
