import { randomToken } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, startAuthApi } from '../../stack/auth-api.ts';
import {
  ask,
  asked,
  createAsker,
  loginHint,
  poll,
  say,
  signedIn,
  waitingFor,
} from '../../stack/backchannel.ts';
import { createBrowser } from '../../stack/browser.ts';
import { getCode, redeem, type TestClient, token } from '../../stack/oauth.ts';
import { assertionClaims, type ClientKey, createClientKey, issuer } from '../../stack/signing-client.ts';

let stack: AuthApi;
let client: TestClient;
let skewMs = 0;
const now = () => Date.now() + skewMs;
const elsewhere = '44444444-4444-4444-8444-444444444444';

beforeAll(async () => {
  stack = await startAuthApi({ now });
});
beforeEach(async () => {
  skewMs += 601_000;
  client = await createAsker(stack);
});
afterAll(() => stack?.close());

const errorOf = async (form: Record<string, string>, by = client) =>
  (await ask(stack, by, form)).json().error;

describe('the hint', () => {
  it('must be one, and only one', async () => {
    expect(await errorOf({ login_hint: '' })).toBe('invalid_request');
    expect(await errorOf({ id_token_hint: 'eyJ' })).toBe('invalid_request');
    expect(await errorOf({ login_hint_token: 'eyJ' })).toBe('invalid_request');
  });

  it.each([loginHint, 'DEMO\\AGENT', ' demo.example.com\\agent '])(
    'is a user name as people type it: %j',
    async (login_hint) => {
      expect((await ask(stack, client, { login_hint })).status).toBe(200);
    },
  );

  it('needs no tenant where the client has one contact centre', async () => {
    const own = await createAsker(stack, { contactCenterIds: [contactCenterId] });

    expect((await ask(stack, own, { login_hint: 'agent' })).status).toBe(200);
    expect(await errorOf({ login_hint: 'agent' })).toBe('unknown_user_id');
  });

  // attack: request at a person of another contact centre | CIBA 7.1, OWASP ASVS 8.4.1 | guard: services/auth-api/src/oauth/backchannel/hints.ts
  it('names nobody outside the contact centres of the client', async () => {
    const foreign = await createAsker(stack, { contactCenterIds: [elsewhere] });

    expect(await errorOf({}, foreign)).toBe('unknown_user_id');
  });

  // attack: user names tried out by backchannel requests | CIBA 13, OWASP ASVS 6.3.8 | guard: services/auth-api/src/oauth/backchannel/hints.ts
  it('tells in one way that there is nobody, and not often', async () => {
    const answers = [];
    for (const login_hint of ['demo\\nobody', 'no-such-centre\\agent', 'x'.repeat(300), 'demo\\'])
      answers.push(await ask(stack, client, { login_hint }));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    expect(answers[0]?.json().error).toBe('unknown_user_id');

    const errors = [];
    for (let turn = 0; turn < 27; turn++) errors.push(await errorOf({ login_hint: `demo\\person-${turn}` }));
    expect(errors.slice(-2)).toEqual(['unknown_user_id', 'temporarily_unavailable']);
    expect(await errorOf({})).toBe('temporarily_unavailable');
    expect((await ask(stack, await createAsker(stack))).status).toBe(200);
  });

  it('may be an ID token of the client, of whatever age', async () => {
    const both = await createAsker(stack, {
      authorizedGrantTypes: ['authorization_code', 'urn:openid:params:grant-type:ciba'],
    });
    const code = await getCode(stack, createBrowser(stack.app), both, { scope: 'openid' });
    const { id_token } = (await redeem(stack, both, code)).json();
    skewMs += 90_000_000;
    const form = { login_hint: '', id_token_hint: id_token };
    const { auth_req_id } = await asked(stack, both, form);
    expect(await say(await signedIn(stack), 'approved')).toBe('approved');
    expect((await poll(stack, both, auth_req_id)).status).toBe(200);

    expect(await errorOf(form)).toBe('invalid_request');
    expect(await errorOf({ ...form, id_token_hint: `${id_token.slice(0, -4)}AAAA` })).toBe('invalid_request');
  });
});

describe('the hint token', () => {
  let key: ClientKey;
  let trusting: TestClient;
  const directory = 'https://directory.test';

  beforeEach(async () => {
    key = await createClientKey();
    trusting = await createAsker(stack, {
      authorizedGrantTypes: [
        'urn:openid:params:grant-type:ciba',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ],
      contactCenterIds: [contactCenterId],
      jwtBearer: { issuers: [{ issuer: directory, jwks: { keys: [key.publicJwk] } }] },
    });
  });

  const hintToken = (
    changes: Record<string, unknown> = {},
    header: { typ?: string } = { typ: 'login-hint+jwt' },
  ) => key.sign(assertionClaims('agent', { iss: directory, ...changes }, now()), header);

  it('is one of an issuer that the client has registered, and works once', async () => {
    const login_hint_token = await hintToken();
    const form = { login_hint: '', login_hint_token };

    expect((await ask(stack, trusting, form)).status).toBe(200);
    expect((await waitingFor(await signedIn(stack))).data).toHaveLength(1);
    expect(await errorOf(form, trusting)).toBe('unknown_user_id');
    expect(await errorOf({ ...form, login_hint_token: await hintToken() }, client)).toBe('unknown_user_id');
    const nobody = await hintToken({ sub: 'nobody' });
    expect(await errorOf({ ...form, login_hint_token: nobody }, trusting)).toBe('unknown_user_id');
  });

  it('has an error of its own when it has expired', async () => {
    const seconds = Math.floor(now() / 1000);
    const expired = await hintToken({ iat: seconds - 400, exp: seconds - 300 });

    expect(await errorOf({ login_hint: '', login_hint_token: expired }, trusting)).toBe(
      'expired_login_hint_token',
    );
  });

  // attack: hint token used as an assertion | RFC 8725 3.11 | guard: services/auth-api/src/oauth/token/registered-assertions.ts
  it('grants no tokens, and an assertion that does is no hint', async () => {
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const asAssertion = await token(stack, trusting, { grant_type, assertion: await hintToken() });
    expect(asAssertion.json().error).toBe('invalid_grant');

    for (const header of [{ typ: 'jwt' }, {}]) {
      const assertion = await hintToken({}, header);
      expect(await errorOf({ login_hint: '', login_hint_token: assertion }, trusting)).toBe(
        'unknown_user_id',
      );
      expect((await token(stack, trusting, { grant_type, assertion })).status).toBe(200);
    }
  });
});

describe('the binding message', () => {
  it.each(['W4SCT', 'Vorgang 4711 – Überweisung', '品川 12', 'a'.repeat(100)])('may be %j', async (text) => {
    await asked(stack, client, { binding_message: text });
    expect((await waitingFor(await signedIn(stack))).data.at(-1)?.bindingMessage).toBe(text);
  });

  // attack: deceptive binding message | CVE-2021-42574, CIBA 7.1 | guard: services/auth-api/src/oauth/backchannel/read-request.ts
  it.each([
    'a'.repeat(101),
    'two\nlines',
    'turned \u202etxt',
    'invisible\u200bspace',
    'marks\u0301\u0301\u0301',
    ' padded',
    'see https://evil.test',
    'www.evil.test',
    'tab\there',
    'separated\u2028line',
  ])('is refused as %j', async (binding_message) => {
    expect(await errorOf({ binding_message })).toBe('invalid_binding_message');
  });
});

describe('the user code', () => {
  let careful: TestClient;
  const keep = async (userCode: string, browser = signedIn(stack)) => {
    const person = await browser;
    const { csrf } = await waitingFor(person);
    const { location = '' } = await person.postForm('/auth/v3/approvals/user-code', { userCode, csrf });
    return new URL(location).searchParams.get('result');
  };

  beforeEach(async () => {
    skewMs += 3_600_000;
    careful = await createAsker(stack, { backchannelUserCodeParameter: true });
  });

  it('is chosen by the person, and then the client must know it', async () => {
    expect(await keep('Löwe 1234')).toBe('code_kept');
    const { rows } = await stack.deps.stores.pool.query('SELECT hash FROM auth.user_codes');
    expect(rows).toEqual([{ hash: expect.stringMatching(/^\$argon2id\$/) }]);

    expect(await errorOf({}, careful)).toBe('missing_user_code');
    expect(await errorOf({ user_code: 'Löwe 1235' }, careful)).toBe('invalid_user_code');
    // However the letters are composed.
    expect((await ask(stack, careful, { user_code: 'Lo\u0308we 1234 ' })).status).toBe(200);
    expect((await waitingFor(await signedIn(stack))).hasUserCode).toBe(true);
  });

  it('is removed by an empty one, and then no such client may ask', async () => {
    await keep('of no use');
    expect(await keep('')).toBe('code_removed');
    expect(await errorOf({ user_code: 'of no use' }, careful)).toBe('invalid_user_code');
  });

  it('has six characters or more, and is refused from clients that are not registered for it', async () => {
    for (const weak of ['12345', 'a'.repeat(65), 'with\u0007bell', '      '])
      expect(await keep(weak)).toBe('code_refused');
    expect(await errorOf({ user_code: '123456' })).toBe('invalid_request');
  });

  // attack: guessed user codes of CIBA | CVE-2026-9798, CIBA 14 | guard: services/auth-api/src/browser/approvals/user-codes.ts
  it('can be guessed a few times in an hour, by all clients together, and signing in stays possible', async () => {
    await keep('754812');
    const others = await Promise.all(
      Array.from({ length: 12 }, () => createAsker(stack, { backchannelUserCodeParameter: true })),
    );
    const answers = await Promise.all(
      others.map((other) => ask(stack, other, { user_code: randomToken(6) })),
    );
    const guessed = answers.filter((answer) => answer.json().error === 'invalid_user_code');
    expect(guessed.length).toBeLessThanOrEqual(5);
    skewMs += 61_000;
    const statuses = [];
    for (let turn = 0; turn < 6; turn++) {
      statuses.push((await ask(stack, careful, { user_code: 'wrong-one' })).status);
      skewMs += 61_000;
    }
    expect(statuses.at(-1)).toBe(429);
    expect((await ask(stack, careful, { user_code: '754812' })).status).toBe(429);
    await signedIn(stack);
    skewMs += 3_600_000;
    expect((await ask(stack, careful, { user_code: '754812' })).status).toBe(200);
  });

  it('is changed by a form of our own page only', async () => {
    const person = await signedIn(stack);
    const { csrf } = await waitingFor(person);
    const path = '/auth/v3/approvals/user-code';
    const fields = { userCode: 'of the attacker', csrf };
    expect((await person.postForm(path, fields, { origin: 'https://evil.test' })).status).toBe(403);
    expect((await person.postForm(path, { ...fields, csrf: 'guessed' })).location).toContain('form_expired');
  });
});

describe('the discovery document', () => {
  it('announces poll mode', async () => {
    const { body } = await stack.app.inject('/auth/v3/.well-known/openid-configuration');

    expect(JSON.parse(body)).toMatchObject({
      backchannel_authentication_endpoint: `${issuer}/oauth/backchannel`,
      backchannel_token_delivery_modes_supported: ['poll'],
      backchannel_user_code_parameter_supported: true,
      grant_types_supported: expect.arrayContaining(['urn:openid:params:grant-type:ciba']),
    });
  });
});

describe('events', () => {
  it('tell who asked whom, what was refused, and what the person did', async () => {
    // Another replica: this one has written its share of refusals for the minute.
    const fresh = await startAuthApi({ beside: stack, now });
    const careful = await createAsker(stack, { backchannelUserCodeParameter: true });
    await ask(fresh, client, { login_hint: 'demo\\nobody' });
    await asked(stack, client);
    const person = await signedIn(stack);
    await say(person, 'approved');
    await asked(stack, client);
    await say(person, 'denied');
    const { csrf } = await waitingFor(person);
    await person.postForm('/auth/v3/approvals/user-code', { userCode: 'secret-code', csrf });
    await ask(fresh, careful, { user_code: 'wrong-code' });
    await fresh.close();
    await stack.deps.audit.drained();
    const { rows } = await stack.deps.stores.pool.query<{ event: string; fields: unknown }>(
      "SELECT name AS event, fields FROM auth.audit_events WHERE name LIKE 'backchannel%' OR name = 'user_code_changed' ORDER BY seq DESC LIMIT 7",
    );

    expect(rows.map(({ event }) => event).toReversed()).toEqual([
      'backchannel_refused',
      'backchannel_requested',
      'backchannel_approved',
      'backchannel_requested',
      'backchannel_denied',
      'user_code_changed',
      'backchannel_refused',
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/secret-code|wrong-code/);
    expect(rows[6]?.fields).toMatchObject({ reason: 'unknown_user_id' });
    expect(rows[0]?.fields).toMatchObject({ reason: 'invalid_user_code' });
  });
});
