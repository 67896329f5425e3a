import { basicAuthorization } from '@gatehouse/api-client/http';
import { forwardedDocumentsPath, forwardedManagedPath } from '@gatehouse/contracts/auth-api';
import { passwordWay } from '@gatehouse/contracts/values';
import { beforeEach, describe, expect, it } from 'vitest';
import { contactCenterId, serviceClient } from '../../stack/auth-api.ts';
import { administratorsPath } from '../../stack/console.ts';
import { opsCall, token } from '../../stack/oauth.ts';
import { create, path, stack, startAdministration } from '../clients/administration.ts';

startAdministration();

const owner = 'platform/git';
const secret = 'desk-secret-91ab';
const caller = basicAuthorization(serviceClient.id, serviceClient.secret);
const receiversPath = '/auth/v3/ops/signal-receivers';

const apply = async (documents: unknown[], more: Record<string, unknown> = {}) =>
  (
    await stack.internalApp.inject({
      method: 'POST',
      url: forwardedDocumentsPath,
      headers: { authorization: caller },
      payload: {
        data: {
          owner,
          dryRun: false,
          prune: false,
          takeOver: false,
          mayAppoint: true,
          actor: { name: 'ops', clientAddress: '192.0.2.1' },
          documents,
          ...more,
        },
      },
    })
  ).json();
const desktop = (spec: object = {}, secrets: object | null = { client_secret: secret }) => ({
  apiVersion: 'gatehouse/v1',
  kind: 'Client',
  metadata: { name: 'desktop' },
  spec: { name: 'Desktop', authorizedGrantTypes: ['client_credentials'], ...spec },
  ...(secrets && { secrets }),
});
const read = async (id = 'desktop') =>
  (await opsCall(stack, 'GET', `${path}/${id}`)).json<{ data: object }>().data;

const signIn = async () =>
  (
    await token(
      stack,
      { clientId: 'desktop', clientSecret: secret, redirectUri: '' },
      { grant_type: 'client_credentials' },
    )
  ).status;

beforeEach(async () => {
  for (const id of ['desktop', 'other']) await opsCall(stack, 'DELETE', `${path}/${id}`);
  for (const { id } of await receivers()) await opsCall(stack, 'DELETE', `${receiversPath}/${id}`);
  await stack.deps.core.pool.query('DELETE FROM auth.managed_documents');
});

describe('a document of a client', () => {
  // attack: secret in a plan for a client | CWE-532 | guard: services/auth-api/src/registry/documents/clients.ts
  it('creates it with its secret, and changes nothing when it comes again', async () => {
    const dry = await apply([desktop()], { dryRun: true });
    expect(dry.data).toMatchObject({ changes: [{ action: 'create', name: 'desktop' }], nothing: 0 });
    expect(JSON.stringify(dry)).not.toContain(secret);
    expect(await read()).toBeUndefined();
    await apply([desktop()]);
    expect(await apply([desktop()])).toMatchObject({ data: { changes: [], nothing: 1 } });
    expect(await signIn()).toBe(200);
  });

  it('changes the fields that it has, and keeps the secret that it does not name', async () => {
    await apply([desktop()]);
    await opsCall(stack, 'PUT', `${path}/desktop`, { data: { description: 'By hand' } });
    const changed = await apply([desktop({ requireConsent: true }, null)]);
    expect(changed.data.changes).toEqual([
      expect.objectContaining({
        action: 'change',
        fields: [{ field: 'requireConsent', from: false, to: true }],
      }),
    ]);
    expect(await read()).toMatchObject({ requireConsent: true, description: 'By hand' });
    expect(await signIn()).toBe(200);
  });

  it('tells a changed secret masked, also where somebody else has changed the stored one', async () => {
    await apply([desktop()]);
    const masked = {
      action: 'change',
      fields: [{ field: 'client_secret', from: '[secret]', to: '[secret]' }],
    };
    const other = await apply([desktop({}, { client_secret: 'another-secret-77' })], { dryRun: true });
    expect(other.data.changes).toMatchObject([masked]);
    await opsCall(stack, 'POST', `${path}/desktop/rotate-secret`, {});
    expect((await apply([desktop()])).data.changes).toMatchObject([masked]);
    expect((await apply([desktop()])).data).toMatchObject({ changes: [], nothing: 1 });
  });

  it('is refused as the administration of clients refuses it, without a secret too, and nothing is written', async () => {
    const refused = await apply([
      desktop({}, null),
      { ...desktop({ redirectURIs: ['no address'] }), metadata: { name: 'other' } },
    ]);
    expect(refused.data.changes).toMatchObject([
      { action: 'refused', reason: 'missing', field: 'secrets.client_secret' },
      { action: 'refused', name: 'other', field: expect.stringContaining('spec.redirectURIs') },
    ]);
    expect(await read()).toBeUndefined();
  });
});

it('an apply that dies at any step ends in the same state when it is repeated', async () => {
  const { pool } = stack.deps.core;
  for (let step = 1, isDone = false; !isDone; step += 1) {
    let asked = 0;
    const failing = (name: 'query' | 'connect') => {
      const original = pool[name];
      Object.assign(pool, {
        [name]: (...given: unknown[]) => {
          asked += 1;
          if (asked >= step) throw new Error('the connection is lost');
          return Reflect.apply(original, pool, given);
        },
      });
      return () => Object.assign(pool, { [name]: original });
    };
    const repair = [failing('query'), failing('connect')];
    const { status } = await apply([desktop()]);
    for (const one of repair) one();
    isDone = status.code === 0;
    await apply([desktop()]);
    expect([step, (await apply([desktop()])).data]).toEqual([step, { changes: [], nothing: 1 }]);
    expect(await signIn()).toBe(200);
    expect((await apply([], { prune: true })).data.changes).toMatchObject([{ action: 'delete' }]);
  }
});

describe('the owner of a client', () => {
  // attack: setting a field of a client that another owner keeps | CWE-639 | guard: services/auth-api/src/registry/documents/service.ts
  it('keeps its fields and deletes what it made, and nothing of another', async () => {
    await create({ client_id: 'other', name: 'Of the console' });
    const other = {
      ...desktop({}, null),
      metadata: { name: 'other' },
      spec: { name: 'Other' },
    };
    await apply([desktop(), other]);
    const spoofed = await apply([desktop({ name: 'Mine' })], { owner: 'other/git' });
    expect(spoofed.data.changes).toMatchObject([{ action: 'refused', reason: 'other_owner' }]);
    expect(spoofed.data.changes[0].sentence).toMatch(/platform\/git.*other\/git/);
    expect((await apply([], { owner: 'other/git', prune: true })).data.changes).toEqual([]);
    expect((await apply([], { prune: true })).data.changes).toMatchObject([
      { action: 'delete', name: 'desktop' },
    ]);
    expect([await read(), await read('other')]).toEqual([
      undefined,
      expect.objectContaining({ name: 'Other' }),
    ]);
  });

  it('is told with the fields that it keeps, for one client and for all', async () => {
    await create({ client_id: 'other', name: 'Of the console' });
    await apply([desktop()]);
    const kept = async (query: Record<string, string>) => {
      const url = `${forwardedManagedPath}?${new URLSearchParams(query)}`;
      return (await stack.internalApp.inject({ url, headers: { authorization: caller } })).json().data;
    };
    const fields = { authorizedGrantTypes: owner, client_secret: owner, name: owner };
    const own = { id: 'desktop', madeBy: owner, fields };
    expect(await kept({ kind: 'Client' })).toEqual([own]);
    expect(await kept({ kind: 'Client', id: 'desktop' })).toEqual([own]);
    expect(await kept({ kind: 'Client', id: 'other' })).toEqual([]);
  });

  it('is another one when it is taken over', async () => {
    await apply([desktop()]);
    await apply([desktop({ name: 'Mine' })], { owner: 'other/git', takeOver: true });
    expect((await apply([desktop()])).data.changes).toMatchObject([{ action: 'refused' }]);
    expect((await apply([], { prune: true })).data.changes).toEqual([]);
    expect((await apply([], { owner: 'other/git', prune: true })).data.changes).toMatchObject([
      { action: 'delete' },
    ]);
  });
});

const person = { sub: '6d0d3f2c-52a1-4d4f-9d38-0f0f5a4f7b11' };
const appointed = (spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'gatehouse/v1',
  kind: 'Administrator',
  metadata: { name: person.sub, contactCenter: contactCenterId, ...metadata },
  spec,
});
const administrators = async () =>
  (await opsCall(stack, 'GET', administratorsPath)).json<{ data: { sub: string; addedAt: string }[] }>().data;

describe('a document of an administrator', () => {
  beforeEach(() => opsCall(stack, 'DELETE', `${administratorsPath}/${person.sub}`));

  it('makes the entry, changes its note, and takes it away when it is gone', async () => {
    const made = await apply([appointed({ note: 'TICKET-1' })]);
    expect(made.data.changes).toMatchObject([{ kind: 'Administrator', action: 'create', name: person.sub }]);
    const [before] = await administrators();
    expect(await apply([appointed({ note: 'TICKET-1' })])).toMatchObject({
      data: { changes: [], nothing: 1 },
    });
    expect((await apply([appointed({ note: 'TICKET-2' })])).data.changes).toMatchObject([
      { action: 'change', fields: [{ field: 'note', from: 'TICKET-1', to: 'TICKET-2' }] },
    ]);
    expect(await administrators()).toMatchObject([{ ...before, note: 'TICKET-2' }]);
    expect((await apply([], { prune: true })).data.changes).toMatchObject([
      { action: 'delete', name: person.sub, contactCenter: contactCenterId, way: passwordWay },
    ]);
    expect(await administrators()).toEqual([]);
  });

  // attack: an earlier sign-in gets the right of an entry for another way of sign-in | CWE-863 | guard: services/auth-api/src/registry/administrators/service.ts
  it('with another way of sign-in is a new entry, which an earlier sign-in does not meet', async () => {
    await apply([appointed()]);
    const [before] = await administrators();
    const way = 'saml https://idp.example.com';
    expect((await apply([appointed({}, { way })])).data.changes).toMatchObject([
      { action: 'change', fields: [{ field: 'way', from: passwordWay, to: way }] },
    ]);
    const [after] = await administrators();
    expect(after).toMatchObject({ sub: person.sub, way });
    expect(after?.addedAt).not.toBe(before?.addedAt);
  });

  // attack: a client appoints administrators by a document, or removes them | CWE-269 | guard: services/auth-api/src/registry/documents/service.ts
  it('of a client is refused, and so is its deletion', async () => {
    const refused = [{ action: 'refused', reason: 'forbidden' }];
    expect((await apply([appointed()], { mayAppoint: false })).data.changes).toMatchObject(refused);
    await apply([appointed()]);
    const pruned = await apply([], { mayAppoint: false, prune: true, takeOver: true });
    expect(pruned.data.changes).toMatchObject(refused);
    expect(await administrators()).toHaveLength(1);
  });

  it('in a contact centre that the same apply makes is planned without looking for the person', async () => {
    const founded = '11111111-2222-4333-8444-555555555555';
    const document = appointed({ note: 'TICKET-1' }, { name: 'agent', contactCenter: founded });
    const dry = await apply([document], { dryRun: true, founded: [founded] });
    expect(dry.data.changes).toMatchObject([{ action: 'create', name: 'agent' }]);
    expect((await apply([document], { founded: [founded] })).data.changes).toMatchObject([
      { action: 'refused', reason: 'not_found' },
    ]);
  });

  it('about a person of another document is refused', async () => {
    const twice = await apply([appointed(), appointed({ note: 'again' })]);
    expect(twice.data.changes).toMatchObject([
      { action: 'refused', reason: 'repeated' },
      { action: 'create' },
    ]);
    expect(await administrators()).toEqual([]);
  });
});

const endpoint = 'https://receiver.example.com/events';
const bearerToken = 'receiver-token-1234567890';
const receiver = (spec: object = {}, secrets: object | null = { bearerToken }, name = endpoint) => ({
  apiVersion: 'gatehouse/v1',
  kind: 'SignalReceiver',
  metadata: { name },
  spec: { audience: 'https://receiver.example.com', ...spec },
  ...(secrets && { secrets }),
});
const receivers = async () =>
  (await opsCall(stack, 'GET', receiversPath)).json<{ data: { id: string }[] }>().data;

describe('a document of a receiver of signals', () => {
  it('makes it with its token, which no plan tells, changes it, and takes it away', async () => {
    const made = await apply([receiver()]);
    expect(made.data.changes).toMatchObject([{ kind: 'SignalReceiver', action: 'create', name: endpoint }]);
    expect(JSON.stringify(made)).not.toContain(bearerToken);
    expect(await apply([receiver()])).toMatchObject({ data: { changes: [], nothing: 1 } });
    expect((await apply([receiver({ events: ['session-revoked'] }, null)])).data.changes).toMatchObject([
      { action: 'change', fields: [{ field: 'events', to: ['session-revoked'] }] },
    ]);
    expect(await receivers()).toMatchObject([
      { endpoint, events: ['session-revoked'], hasBearerToken: true },
    ]);
    const other = await apply([receiver({}, { bearerToken: `${bearerToken}-2` })], { dryRun: true });
    expect(other.data.changes[0].fields).toEqual([
      { field: 'bearerToken', from: '[secret]', to: '[secret]' },
    ]);
    expect((await apply([], { prune: true })).data.changes).toMatchObject([{ action: 'delete' }]);
    expect(await receivers()).toEqual([]);
  });

  it('is refused as its administration refuses it, and where two receivers have the address', async () => {
    const refused = await apply([
      receiver({}, null, 'https://127.0.0.1/events'),
      receiver({ events: [] }, null),
    ]);
    expect(refused.data.changes).toMatchObject([
      { action: 'refused', field: 'spec.endpoint' },
      { action: 'refused', field: 'spec.events' },
    ]);
    for (const audience of ['one', 'other'])
      await opsCall(stack, 'POST', receiversPath, { data: { endpoint, audience } });
    expect((await apply([receiver()])).data.changes).toMatchObject([{ action: 'refused', reason: 'in_use' }]);
  });
});

it('everything is listed as documents without secrets, and these change nothing', async () => {
  await apply([desktop({ redirectURIs: ['https://app.example.com/callback'] }), appointed(), receiver()]);
  const answer = await stack.internalApp.inject({
    url: forwardedDocumentsPath,
    headers: { authorization: basicAuthorization(serviceClient.id, serviceClient.secret) },
  });
  expect(answer.body).not.toMatch(new RegExp(`${secret}|${bearerToken}|argon2`));
  const listed = answer.json<{ data: { kind: string; metadata: object }[] }>().data;
  expect(listed.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['Client', 'Administrator', 'SignalReceiver']),
  );
  const again = await apply(listed, { owner: 'export', takeOver: true });
  expect(again.data).toEqual({ changes: [], nothing: listed.length });
});
