/** What people, clients and operators do, and the event that each of it leaves; and that no event of the catalogue is without its test. */
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { basicAuthorization } from '@gatehouse/api-client/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditEventNames } from '../../../src/records/audit/event.ts';
import { type AuthApi, contactCenterId, ops, startAuthApi } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { agent, readView } from '../../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  getCode,
  interactionOf,
  opsCall,
  passwordTokens,
  postForm,
  redeem,
  type TestClient,
  token,
} from '../../stack/oauth.ts';

interface Event {
  seq: number;
  name: string;
  outcome: string;
  sub?: string;
  sid?: string;
  clientId?: string;
  clientAddress?: string;
  correlationId: string;
  fields: Record<string, unknown>;
}

let stack: AuthApi;
let client: TestClient;

beforeAll(async () => {
  stack = await startAuthApi({
    env: { GATEHOUSE_REGISTRATION_TOKEN: 'initial-access-token-of-the-tests-00' },
  });
  client = await createClient(stack);
});
afterAll(() => stack?.close());

/** The events that some work leaves behind. */
async function eventsOf(work: () => Promise<unknown>): Promise<Event[]> {
  const find = async (query: string) =>
    (await opsCall(stack, 'GET', `/auth/v3/ops/audit?${query}`)).json<{ data: Event[] }>().data;
  await stack.deps.audit.drained();
  const [last] = await find('limit=1');
  await work();
  await stack.deps.audit.drained();
  return find(`limit=100&after=${last?.seq ?? 0}`);
}

const namesOf = (events: readonly Event[]) => events.map(({ name }) => name);

async function signedIn(user = agent): Promise<Browser> {
  const browser = createBrowser(stack.app);
  await getCode(stack, browser, client, {}, user);
  return browser;
}

describe('a user', () => {
  it('who signs in for an application, and whose code comes twice', async () => {
    const events = await eventsOf(async () => {
      const code = await getCode(stack, createBrowser(stack.app), client);
      await redeem(stack, client, code);
      await redeem(stack, client, code);
    });

    expect(namesOf(events)).toEqual(['login_succeeded', 'code_issued', 'code_reused']);
    expect(events[1]).toMatchObject({
      clientId: client.clientId,
      sub: expect.any(String),
      sid: expect.any(String),
    });
    expect(events[2]).toMatchObject({ outcome: 'failure', clientId: client.clientId });
    for (const { clientAddress, correlationId } of events)
      expect([clientAddress, correlationId]).toEqual([expect.any(String), expect.any(String)]);
  });

  it('who is refused, with the cause that the page does not tell', async () => {
    const attempt = (data: Record<string, string>) =>
      createBrowser(stack.app).postJson('/auth/v3/sign-in', { data: { password: 'of no use', ...data } });
    const events = await eventsOf(async () => {
      await attempt({ username: 'somebody', tenant: 'no-such-tenant' });
      await attempt({ username: 'x'.repeat(300), tenant: 'demo' });
      await attempt({ username: 'somebody\r\n{"level":"fatal"}\u001b[31m\0', tenant: 'demo' });
    });

    expect(events.map(({ fields }) => [fields['reason'], fields['detail']])).toEqual([
      ['bad_credentials', 'there is no such contact centre'],
      ['bad_credentials', 'nobody has such a name or password'],
      ['bad_credentials', undefined],
    ]);
    expect(events[2]?.fields['userName']).toBe('somebody\r\n{"level":"fatal"}\u001b[31m\uFFFD');
  });

  it('who gets a token in the redirect itself', async () => {
    const implicit = await createClient(stack, {
      authorizedGrantTypes: ['implicit'],
      responseTypes: ['token'],
      clientType: 'PUBLIC',
    });
    const browser = await signedIn();
    const events = await eventsOf(() => browser.get(authorizeUrl(implicit, { response_type: 'token' })));

    expect(events).toMatchObject([{ name: 'token_issued', fields: { responseType: 'token' } }]);
  });

  it('who allows and refuses an application what it asks for', async () => {
    const careful = await createClient(stack, { requireConsent: true });
    const browser = await signedIn();
    const events = await eventsOf(async () => {
      for (const answer of ['denied', 'allowed']) {
        const interaction = interactionOf(await browser.get(authorizeUrl(careful, { scope: 'calls' })));
        const { csrf } = await readView(stack.app, browser, interaction);
        const onward = await browser.postForm('/auth/v3/oauth/consent', { interaction, csrf, answer });
        await browser.get(String(onward.location));
      }
    });

    expect(events).toMatchObject([
      { name: 'consent_denied', clientId: careful.clientId, fields: { scope: ['calls'] } },
      { name: 'authorization_refused', clientId: careful.clientId, fields: { reason: 'consent_refused' } },
      { name: 'consent_given', clientId: careful.clientId, fields: { scope: ['calls'] } },
      { name: 'code_issued' },
    ]);
  });

  it.each([
    ['allowed', 'device_approved'],
    ['denied', 'device_denied'],
  ])('by whom a device is %s', async (answer, name) => {
    const grant = 'urn:ietf:params:oauth:grant-type:device_code';
    const television = await createClient(stack, { clientType: 'PUBLIC', authorizedGrantTypes: [grant] });
    const { user_code } = (await postForm(stack, 'device', {}, television)).json<{ user_code: string }>();
    const browser = await signedIn();
    const events = await eventsOf(async () => {
      const asked = await browser.postForm('/auth/v3/oauth/device/code', { user_code });
      const interaction = interactionOf(asked);
      const { csrf } = await readView(stack.app, browser, interaction);
      const resumed = await browser.postForm('/auth/v3/oauth/consent', { interaction, csrf, answer });
      await browser.get(String(resumed.location));
    });

    expect(events.find((event) => event.name === name)).toMatchObject({ clientId: television.clientId });
  });

  it('who ends another session, signs out, and signs out everywhere', async () => {
    const [here, there] = [await signedIn(), await signedIn()];
    const events = await eventsOf(async () => {
      const { data } = (await here.get('/auth/v3/sessions')).json() as {
        data: { id: string; current: boolean }[];
      };
      const other = data.find(({ current }) => !current);
      await here.request('DELETE', `/auth/v3/sessions/${other?.id}`, { origin: 'https://login.test' });
      await here.get('/auth/v3/sign-out', { 'sec-fetch-site': 'same-origin' });
    });

    expect(namesOf(events)).toEqual(['session_ended', 'logout']);
    expect(events[0]).toMatchObject({ sub: expect.any(String), sid: expect.any(String) });
    await there.get('/auth/v3/sign-out', { 'sec-fetch-site': 'same-origin' });
  });

  it('who changes the password, and who cannot', async () => {
    const supervisor = { username: 'supervisor', password: 'demo-supervisor-password', tenant: 'demo' };
    const browser = await signedIn(supervisor);
    const change = (oldPassword: string, newPassword: string) =>
      browser.postJson('/auth/v3/change-password', { oldPassword, newPassword });
    const events = await eventsOf(async () => {
      await change('of somebody else', 'Another-password-1');
      await change(supervisor.password, 'Another-password-1');
    });

    expect(events).toMatchObject([
      { name: 'password_change_failed', fields: { userName: 'supervisor', reason: 'bad_credentials' } },
      { name: 'password_changed', fields: { userName: 'supervisor' } },
    ]);
    expect(JSON.stringify(events)).not.toContain('Another-password-1');
  });
});

describe('a client', () => {
  // attack: revocation in the trail that names a sub of several contact centres | ASVS 16.4.2 | guard: services/auth-api/src/oauth/token/revoke.ts
  it('that revokes a token, and one that does not prove itself', async () => {
    const { refresh_token, access_token } = await passwordTokens(stack, client);
    const events = await eventsOf(async () => {
      for (const token of [access_token, refresh_token]) await postForm(stack, 'revoke', { token }, client);
      await postForm(
        stack,
        'token',
        { grant_type: 'client_credentials' },
        { ...client, clientSecret: 'of another' },
      );
    });

    expect(events).toMatchObject([
      { name: 'token_revoked', clientId: client.clientId, sub: expect.any(String), contactCenterId },
      { name: 'token_revoked', clientId: client.clientId, sub: expect.any(String), contactCenterId },
      { name: 'client_authentication_failed', outcome: 'failure', clientId: client.clientId },
    ]);
  });

  it('that gets tokens for itself and for a refresh token, where every token is to leave an event', async () => {
    const thorough = await startAuthApi({ beside: stack, env: { GATEHOUSE_AUDIT_TOKENS: 'all' } });
    const work = async (at: AuthApi) => {
      await token(at, client, { grant_type: 'client_credentials' });
      const { refresh_token } = await passwordTokens(at, client);
      await token(at, client, { grant_type: 'refresh_token', refresh_token });
    };

    expect(namesOf(await eventsOf(() => work(stack)))).toEqual(['login_succeeded']);
    expect(await eventsOf(() => work(thorough))).toMatchObject([
      { name: 'token_issued', clientId: client.clientId, fields: { grantType: 'client_credentials' } },
      { name: 'login_succeeded' },
      { name: 'token_issued', sub: expect.any(String), fields: { grantType: 'refresh_token' } },
    ]);
    await thorough.close();
  });

  it('that wants to register, or to change a registration, without the right token', async () => {
    const send = (method: 'POST' | 'DELETE', path: string) =>
      stack.app.inject({
        method,
        url: `/auth/v3/oauth/register${path}`,
        headers: { authorization: 'Bearer a-token-that-is-none', 'content-type': 'application/json' },
        ...(method === 'POST' ? { payload: { redirect_uris: ['https://app.test/callback'] } } : {}),
      });
    const events = await eventsOf(async () => {
      expect((await send('POST', '')).statusCode).toBe(401);
      expect((await send('DELETE', `/${client.clientId}`)).statusCode).toBe(401);
    });

    expect(events).toMatchObject([
      { name: 'registration_refused', outcome: 'failure' },
      { name: 'registration_refused', outcome: 'failure', clientId: client.clientId },
    ]);
  });
});

describe('an operator', () => {
  it('who does not prove it', async () => {
    const wrong = basicAuthorization(ops.username, 'of another installation');
    const events = await eventsOf(() => opsCall(stack, 'GET', '/auth/v3/ops/clients', undefined, wrong));

    expect(events).toMatchObject([{ name: 'ops_authentication_failed', outcome: 'failure' }]);
  });

  it('who imports, rotates and removes a signing key', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const path = '/auth/v3/ops/signing-keys';
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const former = stack.deps.signingKeys.service.keys.active('EdDSA').kid;
    const events = await eventsOf(async () => {
      await opsCall(stack, 'POST', path, { data: { pem } });
      await opsCall(stack, 'POST', `${path}/rotate`, { data: { algorithm: 'EdDSA' } });
      await opsCall(stack, 'DELETE', `${path}/${former}`);
    });

    const fields = { actor: 'ops', algorithm: 'EdDSA', kid: expect.any(String) };
    for (const name of ['signing_key_imported', 'signing_key_rotated', 'signing_key_removed'])
      expect(events.find((event) => event.name === name)).toMatchObject({
        clientAddress: '127.0.0.1',
        fields,
      });
    expect(JSON.stringify(events)).not.toContain('PRIVATE');
  });

  it('who takes a key of single sign-on to its next step, from where', async () => {
    const events = await eventsOf(() =>
      opsCall(stack, 'POST', '/auth/v3/ops/sso-keys/prepare', { data: { purpose: 'encryption' } }),
    );

    expect(events).toMatchObject([
      {
        name: 'sso_key_changed',
        clientAddress: '127.0.0.1',
        fields: { actor: 'ops', purpose: 'encryption', step: expect.any(String) },
      },
    ]);
  });
});

it('each event of the catalogue is looked for by some test', () => {
  const folder = fileURLToPath(new URL('../..', import.meta.url));
  const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.test.ts'),
  );
  const texts = tests.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const missing = auditEventNames.filter((name) => !new RegExp(`['"]${name}['"]`).test(texts));
  expect(missing).toEqual([]);
});
