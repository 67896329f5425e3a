import type { SsoTrial } from '@gatehouse/contracts/auth-administration';
import { managementAuthority } from '@gatehouse/contracts/auth-api';
import { createSecretBox, randomBytes, Secret } from '@gatehouse/service-kit/crypto';
import { type OpenIdProvider, startOpenIdProvider } from '@gatehouse/testing/identity-providers';
import { makeProviderKey } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reencryptSigningKeys } from '../../../src/keys/signing-keys/reencrypt.ts';
import { reencryptSsoKeys } from '../../../src/sign-in/sso/keys/reencrypt.ts';
import {
  type AuthApi,
  contactCenterId,
  encryptionKeys,
  publicUrl,
  startAuthApi,
} from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { createClient, opsCall, token } from '../../stack/oauth.ts';
import { startHostileProvider } from './stack/hostile-provider.ts';
import { comeBackHonestly, leave } from './stack/saml-journey.ts';
import { idpMetadata } from './stack/saml-provider.ts';
import { callbackUri, localTrial, setSignOn, signOnView } from './stack/sign-on.ts';
import { createVisitor } from './stack/visitor.ts';

let stack: AuthApi;
let provider: OpenIdProvider;

beforeAll(async () => {
  stack = await startAuthApi({ env: localTrial });
  const keys = (await stack.app.inject({ url: '/auth/v3/sso/jwks' })).json();
  provider = await startOpenIdProvider({
    clients: [
      { client_id: 'gatehouse', client_secret: 'right', redirect_uris: [callbackUri] },
      {
        client_id: 'by-secret-jwt',
        client_secret: 'a-secret-of-32-characters-or-more',
        redirect_uris: [callbackUri],
        token_endpoint_auth_method: 'client_secret_jwt',
      },
      {
        client_id: 'by-key',
        redirect_uris: [callbackUri],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: keys,
      },
    ],
  });
});
afterAll(() => Promise.all([stack?.close(), provider?.close()]));

interface Checked {
  ok: boolean;
  protocols: {
    protocol: string;
    ok: boolean;
    steps: { step: string; status: string; message: string; sentences?: object[] }[];
  }[];
}

async function check(userName?: string): Promise<Checked> {
  const answer = await opsCall(stack, 'POST', `/auth/v3/ops/contact-centers/${contactCenterId}/sso-check`, {
    data: userName === undefined ? {} : { userName },
  });
  expect(answer.status).toBe(200);
  return answer.json<{ data: Checked }>().data;
}

const failed = ({ protocols }: Checked) =>
  protocols.flatMap(({ steps }) => steps).filter(({ status }) => status === 'failed');

describe('the dry run', () => {
  it('goes through every step with a real provider, and finds the person', async () => {
    await setSignOn(stack, {
      oidc: { issuer: provider.issuer, clientId: 'gatehouse' },
      clientSecret: 'right',
    });
    const outcome = await check('agent');
    expect(outcome.ok).toBe(true);
    expect(outcome.protocols[0]?.steps.map(({ step, status }) => `${step}: ${status}`)).toEqual([
      'our names: ok',
      'discovery: ok',
      'keys: ok',
      'user name: ok',
      'client authentication: ok',
      'client secret: ok',
      'logout: ok',
      'answer: skipped',
      'person: ok',
    ]);
    expect(outcome.protocols[0]?.steps.at(-1)?.message).toContain('DBID 101');
  });

  it.each([
    [
      'a wrong secret',
      { clientId: 'gatehouse' },
      'wrong',
      'client secret',
      /compare the client id, the client secret/,
    ],
    [
      'an unknown client',
      { clientId: 'nobody' },
      'right',
      'client secret',
      /compare the client id, the client secret/,
    ],
    [
      'a provider that is away',
      { issuer: 'http://127.0.0.1:9' },
      'right',
      'discovery',
      /127\.0\.0\.1:9 did not answer/,
    ],
  ] as const)(
    'names the step that failed and what to change: %s',
    async (_case, changes, clientSecret, step, message) => {
      await setSignOn(stack, {
        oidc: { issuer: provider.issuer, clientId: 'gatehouse', ...changes },
        clientSecret,
      });
      const outcome = await check();
      expect(outcome.ok).toBe(false);
      expect(failed(outcome)).toEqual([
        expect.objectContaining({ step, message: expect.stringMatching(message) }),
      ]);
    },
  );

  it('warns of a provider that verifies no addresses where people are named by theirs', async () => {
    const silent = await startHostileProvider();
    silent.lies = { discovery: { claims_supported: ['sub', 'email'] }, tokenStatus: 400 };
    const byEmail = { issuer: silent.issuer, clientId: 'gatehouse', userNameClaim: 'email' };
    const userName = async (changes = {}) => {
      await setSignOn(stack, { oidc: { ...byEmail, ...changes }, clientSecret: 'right' });
      return (await check()).protocols[0]?.steps.find(({ step }) => step === 'user name');
    };
    try {
      expect(await userName()).toMatchObject({
        status: 'warning',
        message: expect.stringContaining('assumeVerifiedEmail'),
      });
      expect(await userName({ assumeVerifiedEmail: true })).toMatchObject({ status: 'ok' });
      expect(await userName({ userNameClaim: 'sub' })).toMatchObject({ status: 'ok' });
    } finally {
      await silent.close();
    }
  });

  it('says who nobody is', async () => {
    await setSignOn(stack, {
      oidc: { issuer: provider.issuer, clientId: 'gatehouse', userLookup: 'email' },
      clientSecret: 'right',
    });
    const [nobody] = failed(await check('nobody@example.com'));
    expect(nobody?.message).toBe(
      'Nobody at the directory has the name nobody@example.com, looked up as email.',
    );
    expect(nobody?.sentences).toEqual([
      { key: 'signOn.person.unknown', parameters: { name: 'nobody@example.com', lookup: 'email' } },
    ]);
    expect((await check('agent@example.com')).ok).toBe(true);
  });

  it('goes through SAML before it is enabled, and warns of a certificate that ends', async () => {
    const key = makeProviderKey(new Date(Date.now() + 10 * 24 * 3_600_000));
    await setSignOn(stack, { saml: { enabled: false, idpMetadataXml: idpMetadata([key]), logout: true } });
    const outcome = await check();
    expect(outcome).toMatchObject({ ok: false, protocols: [{ protocol: 'saml', enabled: false, ok: true }] });
    const steps = outcome.protocols[0]?.steps ?? [];
    expect(steps.find(({ step }) => step === 'certificates')).toMatchObject({ status: 'warning' });
    expect(steps.at(-1)).toMatchObject({
      status: 'skipped',
      message: expect.stringMatching(/its NameID\. A logout is untried, too\.$/),
    });
    expect(steps.find(({ step }) => step === 'encryption')?.message).toContain('encryptAssertions is off');
    expect(steps[0]?.message).toContain(`${publicUrl}/auth/v3/saml/${contactCenterId}/-/metadata`);
    await setSignOn(stack, { saml: { idpMetadataXml: '<EntityDescriptor/>' } });
    expect(failed(await check())[0]?.message).toContain('describes no identity provider');
  });

  it('proves the client by its secret without sending it: client_secret_jwt', async () => {
    const byJwt = {
      issuer: provider.issuer,
      clientId: 'by-secret-jwt',
      tokenEndpointAuthMethod: 'client_secret_jwt',
    } as const;
    await setSignOn(stack, { oidc: byJwt, clientSecret: 'a-secret-of-32-characters-or-more' });
    expect(failed(await check())).toEqual([]);
    await setSignOn(stack, { oidc: byJwt, clientSecret: 'another-of-32-characters-or-more!' });
    expect(failed(await check())[0]?.message).toMatch(/compare the client id, the client secret/);
  });

  it('tries the settings that count at another location, read anew, and refuses what is no location', async () => {
    await setSignOn(stack, {
      oidc: { issuer: provider.issuer, clientId: 'gatehouse' },
      clientSecret: 'right',
    });
    const at = (location: string) =>
      opsCall(stack, 'POST', `/auth/v3/ops/contact-centers/${contactCenterId}/sso-check`, {
        data: { location },
      });
    const questions = () =>
      stack.environmentApi.asked.filter(({ path }) => path.endsWith('single-sign-on?location=%2FUSW1'))
        .length;
    expect(questions()).toBe(0);
    for (const count of [1, 2]) {
      const answer = await at('/USW1');
      expect(answer.json<{ data: Checked }>().data.protocols.map(({ ok }) => ok)).toEqual([true]);
      expect(questions()).toBe(count);
    }
    expect((await at('USW1')).status).toBe(400);
  });

  it('is for administrators alone, and for contact centres that there are', async () => {
    const url = `/auth/v3/ops/contact-centers/${contactCenterId}/sso-check`;
    expect((await stack.app.inject({ method: 'POST', url })).statusCode).toBe(401);
    expect((await stack.app.inject({ url: '/auth/v3/ops/sso-keys' })).statusCode).toBe(401);
    const missing = url.replace(contactCenterId, '99999999-9999-4999-8999-999999999999');
    expect((await opsCall(stack, 'POST', missing, { data: {} })).status).toBe(404);
    const untyped = missing.replace('sso-check', 'oidc/dry-run');
    expect((await opsCall(stack, 'POST', untyped, { data: {} })).status).toBe(404);
    expect((await stack.app.inject({ method: 'POST', url: untyped })).statusCode).toBe(401);
  });
});

describe('the dry run of settings that are not stored', () => {
  const url = (protocol: string) => `/auth/v3/ops/contact-centers/${contactCenterId}/${protocol}/dry-run`;
  const tried = async (protocol: string, data: object) => {
    const answer = await opsCall(stack, 'POST', url(protocol), { data });
    return { ...answer, data: answer.json<{ data: Checked }>().data };
  };
  const begun = async () =>
    (await createBrowser(stack.app).get('/auth/v3/sso/start?tenant=demo')).location ?? '';

  it('takes the steps of the saved check with what Environment API would store, and sends it the change', async () => {
    const sent: object[] = [];
    stack.environmentApi.plan = (change) => {
      sent.push(change);
      return signOnView({
        oidc: { enabled: false, issuer: provider.issuer, clientId: 'gatehouse' },
        clientSecret: 'right',
      });
    };
    const { status, data } = await tried('oidc', {
      issuer: provider.issuer,
      clientSecret: 'right',
      userName: 'agent',
    });
    expect([status, data.ok]).toEqual([200, true]);
    expect(data.protocols[0]?.steps.map(({ step }) => step)).toContain('person');
    expect(sent).toEqual([{ issuer: provider.issuer, clientSecret: 'right', location: '/' }]);
    stack.environmentApi.plan = () => signOnView({ saml: { idpMetadataUrl: 'http://127.0.0.1:9/metadata' } });
    expect(failed((await tried('saml', {})).data)[0]).toMatchObject({
      step: 'metadata',
      message: expect.stringMatching(/could not be asked .*127\.0\.0\.1:9/),
    });
  });

  it('is refused for the field that Environment API names', async () => {
    stack.environmentApi.plan = () => undefined;
    const answer = await tried('oidc', { issuer: 'https://other.example' });
    expect([answer.status, answer.json<object>()]).toEqual([
      400,
      expect.objectContaining({
        errors: [
          expect.objectContaining({
            status: expect.objectContaining({ field: 'data.issuer', reason: 'missing' }),
          }),
        ],
      }),
    ]);
    expect((await tried('oidc', { issuers: 'https://other.example' })).body).toContain('has no setting');
  });

  // attack: settings that were only tried take the provider of logins away | CWE-349, CWE-404 | guard: services/auth-api/src/sign-in/sso/compose-oidc.ts
  it('leaves what logins know of the provider', async () => {
    const stored = await startHostileProvider();
    await setSignOn(stack, { oidc: { issuer: stored.issuer, clientId: 'gatehouse' }, clientSecret: 'right' });
    expect(await begun()).toContain(stored.issuer);
    await stored.close();
    stack.environmentApi.plan = () =>
      signOnView({ oidc: { issuer: provider.issuer, clientId: 'gatehouse' } });
    await tried('oidc', {});
    expect(await begun()).toContain(stored.issuer);
  });

  it('keeps and counts nothing of the metadata', async () => {
    const key = makeProviderKey(new Date(Date.now() + 10 * 24 * 3_600_000));
    const kept = async () => (await stack.deps.stores.redis.keys('*sso-*')).sort();
    const before = await kept();
    stack.environmentApi.plan = () => signOnView({ saml: { idpMetadataXml: idpMetadata([key]) } });
    expect((await tried('saml', {})).data.ok).toBe(true);
    expect(await kept()).toEqual(before);
  });
});

describe('a sign-in as a test', () => {
  const trials = `/auth/v3/ops/contact-centers/${contactCenterId}/sso-trials`;
  const use = (oidc: Parameters<typeof setSignOn>[1]['oidc'] = {}) =>
    setSignOn(stack, {
      oidc: { issuer: provider.issuer, clientId: 'gatehouse', ...oidc },
      clientSecret: 'right',
    });
  const begin = async () => {
    const data = { protocol: 'oidc', location: '/' };
    const answer = await opsCall(stack, 'POST', trials, { data });
    return answer.json<{ data: { address: string } }>().data.address;
  };
  /** From the ticket to the provider and back. */
  const journey = async (browser = createBrowser(stack.app)) => {
    const leaving = await browser.get(await begin());
    const { url } = await createVisitor().visit(leaving.location ?? '');
    return { browser, url, back: await browser.get(url) };
  };
  const resultAt = (location = '', authorization?: string) =>
    opsCall(
      stack,
      'GET',
      `${trials}/${new URL(location).searchParams.get('result')}`,
      undefined,
      authorization,
    );
  const shown = async (location?: string) => (await resultAt(location)).json<{ data: SsoTrial }>().data;
  const isIn = ({ cookies }: Browser) => [...cookies.keys()].some((name) => name.endsWith('-session'));
  const tried = async () => {
    await stack.deps.audit.drained();
    const answer = await opsCall(stack, 'GET', '/auth/v3/ops/audit?name=sso_tried&limit=1');
    return answer.json<{ data: object[] }>().data[0];
  };

  it('shows what came and what a sign-in would do, before the settings are enabled', async () => {
    await use({ enabled: false });
    const { browser, back } = await journey();
    expect(back.location).toContain(
      `${publicUrl}/auth/console/contact-centers/${contactCenterId}/single-sign-on/trial?protocol=oidc&location=%2F&result=`,
    );
    const result = await shown(back.location);
    expect(result).toMatchObject({ ok: true, enabled: false, protocol: 'oidc', location: '/' });
    expect(result.steps.map(({ step, status }) => `${step}: ${status}`)).toEqual([
      'answer: ok',
      'user name: ok',
      'groups: ok',
      'person: ok',
      'rights: ok',
      'session: warning',
    ]);
    expect(result.steps.at(4)?.message).toContain('ROLE_USER');
    expect(result.received).toContainEqual({
      name: 'preferred_username',
      values: ['agent'],
      isHidden: false,
    });
    expect(result.received.find(({ name }) => name === 'nonce')).toMatchObject({
      values: [],
      isHidden: true,
    });
    expect(isIn(browser)).toBe(false);
    expect(await tried()).toMatchObject({
      name: 'sso_tried',
      outcome: 'success',
      fields: { actor: 'ops', method: 'oidc', location: '/', userName: 'agent' },
    });
  });

  it('says why a sign-in would be refused, by the answer and by the person', async () => {
    await use({ groupsClaim: 'groups', requiredGroups: ['night shift'] });
    const refused = await shown((await journey()).back.location);
    expect(refused.ok).toBe(false);
    expect(refused.steps.find(({ status }) => status === 'failed')).toMatchObject({
      step: 'groups',
      sentences: [expect.objectContaining({ key: 'signOn.refused.group_missing' })],
    });
    expect(refused.received.length).toBeGreaterThan(0);
    expect(await tried()).toMatchObject({ outcome: 'failure', fields: { reason: 'group_missing' } });
    const browser = createBrowser(stack.app);
    const leaving = await browser.get(await begin());
    const state = new URL(leaving.location ?? '').searchParams.get('state');
    const back = await browser.get(
      `${callbackUri}?${new URLSearchParams({ state: state ?? '', error: 'access_denied', iss: provider.issuer })}`,
    );
    expect((await shown(back.location)).steps).toEqual([
      expect.objectContaining({
        step: 'answer',
        status: 'failed',
        message: expect.stringContaining('access_denied'),
      }),
    ]);
  });

  // attack: answer of a sign-in as a test that becomes a login | CWE-352, RFC 6749 10.12 | guard: services/auth-api/src/sign-in/sso/login/login.ts
  it('opens no session, and its answer is no answer to a login, nor the other way round', async () => {
    await use();
    const { browser, url } = await journey();
    expect(isIn(browser)).toBe(false);
    expect((await browser.get(url)).status).toBe(400);
    expect(isIn(browser)).toBe(false);
    const leaveBy = async (path: string) => {
      const leaving = await browser.get(path);
      const { url: answer } = await createVisitor().visit(leaving.location ?? '');
      return new URL(answer);
    };
    const [test, login] = [await leaveBy(await begin()), await leaveBy('/auth/v3/sso/start?tenant=demo')];
    const [ofTest, ofLogin] = [test, login].map(({ searchParams }) => searchParams.get('code') ?? '');
    login.searchParams.set('code', ofTest ?? '');
    test.searchParams.set('code', ofLogin ?? '');
    expect((await browser.get(login.href)).location).toContain('/auth/sign-in.html?error');
    const result = await shown((await browser.get(test.href)).location);
    expect([result.ok, result.received]).toEqual([false, []]);
    expect(isIn(browser)).toBe(false);
  });

  it('is marked where it waits, so that a release before makes no login of it', async () => {
    await use();
    const { redis } = stack.deps.stores;
    const before = await redis.keys('*sso-flow*');
    await createBrowser(stack.app).get(await begin());
    const [key = ''] = (await redis.keys('*sso-flow*')).filter((one) => !before.includes(one));
    expect(JSON.parse((await redis.hget(key, 'data')) ?? '')).toMatchObject({ protocol: 'trial oidc' });
  });

  // attack: claims of a visitor who was led through a sign-in as a test | CWE-352, CWE-639 | guard: services/auth-api/src/sign-in/sso/login/trials.ts
  it('begins once, ends in the browser that began, and shows its result to its administrator alone', async () => {
    await use();
    const address = await begin();
    const browser = createBrowser(stack.app);
    const leaving = await browser.get(address);
    expect((await createBrowser(stack.app).get(address)).status).toBe(400);
    const { url } = await createVisitor().visit(leaving.location ?? '');
    expect((await createBrowser(stack.app).get(url)).status).toBe(400);
    const back = await browser.get(url);
    const managing = await createClient(stack, { authorities: [managementAuthority] });
    const granted = await token(stack, managing, { grant_type: 'client_credentials' });
    const another = `Bearer ${granted.json<{ access_token: string }>().access_token}`;
    expect((await resultAt(back.location, another)).status).toBe(409);
    expect((await resultAt(back.location)).status).toBe(200);
    expect((await opsCall(stack, 'POST', trials, { data: { protocol: 'saml', location: '/' } })).status).toBe(
      409,
    );
    const unknown = trials.replace(contactCenterId, '99999999-9999-4999-8999-999999999999');
    expect(
      (await opsCall(stack, 'POST', unknown, { data: { protocol: 'oidc', location: '/' } })).status,
    ).toBe(404);
  });

  it('goes through SAML: NameID and attributes, encrypted or not', async () => {
    const key = makeProviderKey();
    await setSignOn(stack, { saml: { enabled: false, idpMetadataXml: idpMetadata([key]) } });
    const data = { protocol: 'saml', location: '/' };
    const { address } = (await opsCall(stack, 'POST', trials, { data })).json<{ data: { address: string } }>()
      .data;
    const leaving = await leave(stack, address);
    const result = await shown((await comeBackHonestly(leaving, key)).location);
    expect(result).toMatchObject({ ok: true, enabled: false, protocol: 'saml' });
    expect(result.received[0]).toMatchObject({ name: 'NameID', values: ['agent'] });
    expect(isIn(leaving.browser)).toBe(false);
    const unasked = await leave(
      stack,
      (await opsCall(stack, 'POST', trials, { data })).json<{ data: { address: string } }>().data.address,
    );
    const refused = await shown((await comeBackHonestly(unasked, makeProviderKey())).location);
    expect(refused.steps[0]?.sentences).toEqual([
      expect.objectContaining({ key: 'signOn.refused.signature_invalid' }),
    ]);
  });
});

describe('our keys towards identity providers', () => {
  it('sign the assertion of private_key_jwt, which a real provider takes', async () => {
    await setSignOn(stack, {
      oidc: { issuer: provider.issuer, clientId: 'by-key', tokenEndpointAuthMethod: 'private_key_jwt' },
    });
    expect((await check()).ok).toBe(true);
    const browser = createBrowser(stack.app);
    const leaving = await browser.get('/auth/v3/sso/start?tenant=demo');
    const { url } = await createVisitor().visit(leaving.location ?? '');
    expect((await browser.get(url)).location).toBe(`${publicUrl}/auth/signed-in.html`);
  });

  it('are rolled over by the operator, on every replica; private parts are in no answer', async () => {
    const beside = await startAuthApi({ env: localTrial, beside: stack });
    try {
      const prepared = await opsCall(stack, 'POST', '/auth/v3/ops/sso-keys/prepare', {
        data: { purpose: 'signing' },
      });
      expect(prepared.status).toBe(200);
      expect(prepared.body).not.toContain('PRIVATE');
      expect(
        (await opsCall(stack, 'POST', '/auth/v3/ops/sso-keys/prepare', { data: { purpose: 'signing' } }))
          .status,
      ).toBe(409);
      const metadataOf = async ({ app }: AuthApi) =>
        (await app.inject({ url: `/auth/v3/saml/${contactCenterId}/-/metadata` })).body.split('use="signing"')
          .length - 1;
      await expect.poll(() => metadataOf(beside), { timeout: 5_000 }).toBe(2);
      await opsCall(stack, 'POST', '/auth/v3/ops/sso-keys/activate', { data: { purpose: 'signing' } });
      await expect
        .poll(() => beside.deps.sso.keys.signing().id, { timeout: 5_000 })
        .toBe(stack.deps.sso.keys.signing().id);
      expect(await metadataOf(stack)).toBe(1);
    } finally {
      await beside.close();
    }
  });

  it('are sealed anew with another encryption key; afterwards the former one may go', async () => {
    const boxOf = (...keys: string[]) => createSecretBox(new Secret(keys.join(',')));
    const next = `k2:${randomBytes(32).toString('base64')}`;
    const { pool } = stack.deps.stores;
    const count = stack.deps.sso.keys.all().length;

    expect(await reencryptSsoKeys(pool, boxOf(next, encryptionKeys))).toBe(count);
    expect(await reencryptSsoKeys(pool, boxOf(next, encryptionKeys))).toBe(0);
    await reencryptSigningKeys(pool, boxOf(next, encryptionKeys));

    const env = { ...localTrial, GATEHOUSE_ENCRYPTION_KEYS: next };
    const successor = await startAuthApi({ env, beside: stack });
    try {
      expect(successor.deps.sso.keys.all()).toEqual(stack.deps.sso.keys.all());
    } finally {
      await successor.close();
    }
  });
});
