import { basicAuthorization } from '@gatehouse/api-client/http';
import { clientDocumentsPath } from '@gatehouse/contracts/auth-api';
import { beforeEach, describe, expect, it } from 'vitest';
import { serviceClient } from '../../stack/auth-api.ts';
import { opsCall, token } from '../../stack/oauth.ts';
import { create, path, stack, startAdministration } from './administration.ts';

startAdministration();

const owner = 'platform/git';
const secret = 'desk-secret-91ab';

const apply = async (documents: unknown[], more: Record<string, unknown> = {}) =>
  (
    await stack.internalApp.inject({
      method: 'POST',
      url: clientDocumentsPath,
      headers: { authorization: basicAuthorization(serviceClient.id, serviceClient.secret) },
      payload: {
        data: {
          owner,
          dryRun: false,
          prune: false,
          takeOver: false,
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
  await stack.deps.core.pool.query('DELETE FROM auth.managed_clients');
});

describe('a document of a client', () => {
  // attack: secret in a plan for a client | CWE-532 | guard: services/auth-api/src/registry/client-documents/plan-one.ts
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
  // attack: setting a field of a client that another owner keeps | CWE-639 | guard: services/auth-api/src/registry/client-documents/plan-one.ts
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
