/** Clients whose names pass for something else: refused where they are written, kept where they are stored. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addressOf } from '../../src/registry/clients/address.ts';
import type { Client } from '../../src/registry/clients/client.ts';
import { reservedName } from '../../src/registry/clients/validation/reserved-names.ts';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { readView } from '../stack/interaction.ts';
import { authorizeUrl, createClient, interactionOf, opsCall, redirectUri } from '../stack/oauth.ts';

const initialToken = 'initial-access-token-of-the-tests-00';
const turned = 'Reports\u202egnp.exe';

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi({ env: { GATEHOUSE_REGISTRATION_TOKEN: initialToken } });
});
afterAll(() => stack?.close());

async function register(client_name: string, method: 'POST' | 'PUT' = 'POST', own?: Record<string, string>) {
  const answer = await stack.app.inject({
    method,
    url: `/auth/v3/oauth/register${own ? `/${own['client_id']}` : ''}`,
    headers: { authorization: `Bearer ${own?.['registration_access_token'] ?? initialToken}` },
    payload: { client_name, redirect_uris: [redirectUri], ...(own && { client_id: own['client_id'] }) },
  });
  return { status: answer.statusCode, json: answer.json<Record<string, string>>() };
}

const write = (method: 'POST' | 'PUT', path: string, data: object) =>
  opsCall(stack, method, `/auth/v3/ops/clients${path}`, { data });
const store = (clientId: string, name: string) =>
  stack.deps.core.pool.query('UPDATE auth.clients SET name = $2 WHERE client_id = $1', [clientId, name]);

// attack: a client whose name turns the question around | UTS 55, CVE-2021-42574 | guard: services/auth-api/src/registry/clients/validation/rules.ts
it.each([turned, 'Re\u200bports', 'Reports\u001b[2J', 'Reports\u{e0041}'])(
  'the name %j is refused with its field and its code point',
  async (name) => {
    const own = await createClient(stack);
    for (const answer of [
      await write('POST', '', { name }),
      await write('PUT', `/${own.clientId}`, { name }),
    ]) {
      const { errors } = answer.json<{ errors: { status: { field: string; message: string } }[] }>();
      expect([answer.status, errors[0]?.status.field]).toEqual([400, 'data.name']);
      expect(errors[0]?.status.message).toMatch(/must not hold U\+(?:202E|200B|001B|E0041)/);
    }
    const registered = await register(name);
    expect([registered.status, registered.json['error']]).toEqual([400, 'invalid_client_metadata']);
    expect(registered.json['error_description']).toContain('client_name');
  },
);

// attack: a client whose name nobody sees | UTS 55, RFC 7591 5 | guard: packages/contracts/src/values/text.ts
it.each([' ', '\u00a0\u2003', '\u2800', '\u3164', '\u00ad'])(
  'the name %j is refused, since it shows nothing',
  async (name) => {
    for (const { status } of [await write('POST', '', { name }), await register(name)])
      expect(status).toBe(400);
  },
);

it('a name that was stored before the rule stays when the client is changed', async () => {
  const own = await createClient(stack);
  await store(own.clientId, turned);
  expect((await write('PUT', `/${own.clientId}`, { name: turned, description: 'new' })).status).toBe(200);
  expect((await write('PUT', `/${own.clientId}`, { description: 'newer' })).status).toBe(200);
  expect((await write('PUT', `/${own.clientId}`, { name: `${turned}2` })).status).toBe(400);

  const { json } = await register('Reports');
  await store(json['client_id'] ?? '', 'Gatehouse');
  expect((await register('Gatehouse', 'PUT', json)).status).toBe(200);
  expect((await register('Gatehouse 2', 'PUT', json)).status).toBe(400);
});

// attack: a client that registers itself as Gatehouse | UTS 39, RFC 7591 5 | guard: services/auth-api/src/registry/clients/validation/reserved-names.ts
it.each([
  'Gatehouse',
  'GATEHOUSE',
  'Gatehouse Sign-In',
  'Gаtеhоuse',
  'Ｇａｔｅｈｏｕｓｅ',
  'ＧＡТЕНΟUЅЕ',
  '𝐆𝐚𝐭𝐞𝐡𝐨𝐮𝐬𝐞',
  'Gate House',
  'G.a.t.e.h.o.u.s.e',
  'Gäteh\u0337ouse',
  'Gatehouse2',
  'MyGatehouse',
  'GatehouseLogin',
  'Operator',
  '0perat0r',
  'Αdrnin',
])(
  'the name %s is refused for a client that registers itself, and not for one of an operator',
  async (name) => {
    const { status, json } = await register(name);
    expect([status, json['error']]).toEqual([400, 'invalid_client_metadata']);
    expect(json['error_description']).toContain('client_name: passes for');
    expect((await write('POST', '', { name })).status).toBe(200);
  },
);

it.each(['Reports', 'Gate', 'House Keeping', 'Operator Desktop', 'Investigate Houses', 'Γραφείο', '報告'])(
  'the name %s is free',
  async (name) => {
    expect((await register(name)).status).toBe(201);
  },
);

it.each([
  ['ACME', 'Acme Reports', 'ACME'],
  ['Nord Süd', 'nordsud', 'Nord Süd'],
  ['Müller', 'Mu\u0308ller', 'Müller'],
  ['銀行', '銀行', '銀行'],
  ['ACME', 'Acmeister', undefined],
])('an installation that is called %s keeps %s to itself', (installation, name, reserved) => {
  expect(reservedName(name, installation)).toBe(reserved);
});

// attack: a client that registers itself under the name of the installation | UTS 39, RFC 7591 5 | guard: services/auth-api/src/registry/clients/validation/reserved-names.ts
it('the name of the installation is read where its pages read it', async () => {
  const named = await startAuthApi({ beside: stack, env: { GATEHOUSE_REGISTRATION_TOKEN: initialToken } });
  try {
    named.environmentApi.installation = { version: 2, branding: { name: 'Polar Calls' } };
    const answer = await named.app.inject({
      method: 'POST',
      url: '/auth/v3/oauth/register',
      headers: { authorization: `Bearer ${initialToken}` },
      payload: { client_name: 'Pοlar Calls help', redirect_uris: [redirectUri] },
    });
    expect(answer.json()).toMatchObject({
      error_description: expect.stringContaining('passes for Polar Calls'),
    });
  } finally {
    named.environmentApi.installation = undefined;
    await named.close();
  }
});

// attack: an application behind the name of another one | RFC 9700 4.10.2, ASVS 10.7.1 | guard: services/auth-api/src/registry/clients/address.ts
it('the pages get the host of the application beside its name, and never the home page that a client names itself', async () => {
  const own = await createClient(stack, { clientUri: 'https://www.app.test/' });
  const browser = createBrowser(stack.app);
  const view = await readView(stack.app, browser, interactionOf(await browser.get(authorizeUrl(own))));
  expect(view.client).toMatchObject({ address: 'app.test' });

  const ofDevice = { redirectUris: ['com.example.app:/back'], clientUri: 'https://www.app.test/' };
  expect(addressOf({ ...ofDevice, registeredDynamically: false } as Client)).toBe('www.app.test');
  expect(addressOf({ ...ofDevice, registeredDynamically: true } as Client)).toBeUndefined();
});

// attack: approve on a device what shows a host to which no answer goes | RFC 8628 5.4, RFC 9700 4.10.2 | guard: services/auth-api/src/registry/clients/address.ts
it('a client that registered itself has no address where no answer goes to it', () => {
  const bank = { redirectUris: ['https://www.bank.test/'], registeredDynamically: true } as Client;
  expect(addressOf(bank)).toBeUndefined();
  expect(addressOf({ ...bank, registeredDynamically: false })).toBe('www.bank.test');
});
