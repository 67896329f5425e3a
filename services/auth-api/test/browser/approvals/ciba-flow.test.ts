import { randomUuid } from '@gatehouse/service-kit/crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AuthApi, demoContactCenter, startAuthApi } from '../../stack/auth-api.ts';
import {
  ask,
  asked,
  cibaGrant,
  createAsker,
  poll,
  say,
  signedIn,
  waitingFor,
} from '../../stack/backchannel.ts';
import { createBrowser } from '../../stack/browser.ts';
import { createDpopKey, provenBy } from '../../stack/dpop.ts';
import { announceChange } from '../../stack/environment-api.ts';
import { agent } from '../../stack/interaction.ts';
import {
  changeClient,
  createClient,
  getCode,
  introspect,
  opsCall,
  redeem,
  type TestClient,
  token,
} from '../../stack/oauth.ts';
import { seenElsewhere } from '../../stack/seen-elsewhere.ts';

const supervisor = { username: 'supervisor', password: 'demo-supervisor-password', tenant: 'demo' };

let stack: AuthApi;
let replica: AuthApi;
let client: TestClient;
let skewMs = 0;

beforeAll(async () => {
  stack = await startAuthApi({ now: () => Date.now() + skewMs });
  replica = await startAuthApi({ beside: stack, now: () => Date.now() + skewMs });
});
// A client of its own and another ten minutes: no test uses up what a person may be asked in another.
beforeEach(async () => {
  skewMs += 601_000;
  client = await createAsker(stack);
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

async function pollLater(authReqId: string, by = client) {
  skewMs += 6_000;
  return poll(stack, by, authReqId);
}

interface RedisWithMonitor {
  monitor(): Promise<{
    on(event: 'monitor', listener: (time: string, parts: string[]) => void): void;
    disconnect(): void;
  }>;
}

/** Somebody whom no other test asks. */
const lead = { username: 'admin', password: 'demo-admin-password', tenant: 'demo' };

const errorOf = async (answer: ReturnType<typeof poll>) => (await answer).json().error;

describe('a client (OpenID CIBA)', () => {
  it('gets an id with enough entropy, how long it lives, and how often it may ask', async () => {
    const answer = await ask(stack, client);

    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toEqual({ auth_req_id: expect.any(String), expires_in: 300, interval: 5 });
    const { auth_req_id } = answer.json<{ auth_req_id: string }>();
    expect(auth_req_id).toMatch(/^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/);
    const redis = stack.deps.stores.redis;
    const [key = ''] = await redis.keys(`*backchannel:{${auth_req_id.split('.')[0]}}`);
    expect(JSON.stringify(await redis.hgetall(key))).not.toContain(auth_req_id.split('.')[1]);
  });

  it('waits, and gets its tokens when the person has approved; once', async () => {
    const { auth_req_id } = await asked(stack, client, { scope: 'openid profile' });
    expect(await errorOf(poll(stack, client, auth_req_id))).toBe('authorization_pending');
    const person = await signedIn(stack);
    expect(await say(person, 'approved')).toBe('approved');

    const answer = await pollLater(auth_req_id);
    expect(answer.status).toBe(200);
    const { id_token, access_token, refresh_token, scope } = answer.json();
    expect(scope).toBe('openid profile');
    const claims = decodeJwt(id_token);
    expect(claims).toMatchObject({ aud: client.clientId, acr: '1', amr: ['pwd'] });
    expect(claims).toMatchObject({ auth_time: expect.any(Number), at_hash: expect.any(String) });
    // Claims of push mode alone (CIBA section 10.3.1).
    expect(claims).not.toHaveProperty('urn:openid:params:jwt:claim:rt_hash');
    const clerk = await createClient(stack, { internalClient: true });
    expect(await introspect(stack, clerk, access_token)).toMatchObject({ active: true, sub: claims.sub });
    expect((await token(stack, client, { grant_type: 'refresh_token', refresh_token })).status).toBe(200);

    expect(await errorOf(pollLater(auth_req_id))).toBe('invalid_grant');
    expect(await introspect(stack, clerk, access_token)).toEqual({ active: false });
  });

  it('is told when the person proved who they are, which may be long before', async () => {
    const seenAtMs = Date.now() - 3_600_000;
    const { auth_req_id } = await asked(stack, client);
    const person = await signedIn(stack);
    await seenElsewhere(stack, person, seenAtMs);
    await say(person, 'approved');

    const { id_token } = (await pollLater(auth_req_id)).json();
    expect(decodeJwt(id_token)['auth_time']).toBe(Math.floor(seenAtMs / 1000));
  });

  it('is told access_denied when the person denied', async () => {
    const { auth_req_id } = await asked(stack, client);
    expect(await say(await signedIn(stack), 'denied')).toBe('denied');

    const answer = await pollLater(auth_req_id);
    expect([answer.status, answer.json().error]).toEqual([400, 'access_denied']);
  });

  // attack: auth_req_id polled too fast | CIBA 11 | guard: services/auth-api/src/browser/devices/polled-requests.ts
  it('is told slow_down when it asks too often, and must then wait longer', async () => {
    const { auth_req_id } = await asked(stack, client);
    const errors = [];
    for (const waitMs of [0, 0, 6_000, 16_000]) {
      skewMs += waitMs;
      errors.push(await errorOf(poll(stack, client, auth_req_id)));
    }

    expect(errors).toEqual(['authorization_pending', 'slow_down', 'slow_down', 'authorization_pending']);
  });

  it('chooses how long the request lives, up to ten minutes; then it is told expired_token', async () => {
    const { auth_req_id, expires_in } = await asked(stack, client, { requested_expiry: '30' });
    expect(expires_in).toBe(30);
    expect((await asked(stack, client, { requested_expiry: '86400' })).expires_in).toBe(600);
    for (const requested_expiry of ['0', '-5', '1.5', 'soon', '9'.repeat(30)])
      expect((await ask(stack, client, { requested_expiry })).json().error).toBe('invalid_request');

    skewMs += 31_000;
    expect(await errorOf(poll(stack, client, auth_req_id))).toBe('expired_token');
    const person = await signedIn(stack);
    expect(await say(person, 'approved', { approval: auth_req_id.split('.')[0] ?? '' })).toBe('gone');
  });

  // attack: auth_req_id redeemed twice | CIBA 10.1 | guard: services/auth-api/src/browser/devices/polled-requests.ts
  it('gets its tokens by one of many questions at once, on all replicas', async () => {
    const { auth_req_id } = await asked(stack, client);
    await say(await signedIn(stack), 'approved');

    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => poll(index % 2 ? stack : replica, client, auth_req_id)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  // attack: auth_req_id of another client | CIBA 11, CVE-2023-2585 | guard: services/auth-api/src/browser/devices/polled-requests.ts
  it('is refused with the id of another client, a changed one and none', async () => {
    const { auth_req_id } = await asked(stack, client);
    await say(await signedIn(stack), 'approved');
    const changed = `${auth_req_id.slice(0, -1)}${auth_req_id.endsWith('A') ? 'B' : 'A'}`;

    expect(await errorOf(poll(stack, await createAsker(stack), auth_req_id))).toBe('invalid_grant');
    expect(await errorOf(poll(stack, client, changed))).toBe('invalid_grant');
    expect(await errorOf(poll(stack, client, 'of no form at all'))).toBe('invalid_grant');
    expect(await errorOf(poll(stack, client, ''))).toBe('invalid_request');
  });

  it('may bind its tokens to a key', async () => {
    const key = await createDpopKey();
    const bound = await createAsker(stack, { dpopBoundAccessTokens: true });
    const { auth_req_id } = await asked(stack, bound);
    await say(await signedIn(stack), 'approved');

    const proof = await provenBy(key, { claims: { iat: Math.floor((Date.now() + skewMs) / 1000) } });
    const tokens = await poll(stack, bound, auth_req_id, proof);
    expect(tokens.json<{ token_type: string }>().token_type).toBe('DPoP');
  });

  it('is refused without the grant, without credentials, and with the scope of others', async () => {
    const plain = await createClient(stack);
    const narrow = await createAsker(stack, { scope: ['openid'] });

    expect((await ask(stack, plain)).json().error).toBe('unauthorized_client');
    expect((await ask(stack, { ...client, clientSecret: 'of another' })).status).toBe(401);
    expect((await ask(stack, undefined)).status).toBe(401);
    expect((await ask(stack, narrow, { scope: 'openid all' })).json().error).toBe('invalid_scope');
    expect((await ask(stack, narrow, { scope: 'profile' })).json().error).toBe('invalid_scope');
    expect((await ask(stack, narrow, { scope: '' })).json().error).toBe('invalid_request');
  });

  it('must be a confidential one, and is registered with what fits together', async () => {
    const path = '/auth/v3/ops/clients';
    const create = (data: Record<string, unknown>) => opsCall(stack, 'POST', path, { data });
    const grants = { authorizedGrantTypes: [cibaGrant] };
    for (const [data, field] of [
      [{ ...grants, clientType: 'PUBLIC' }, 'authorizedGrantTypes'],
      [{ ...grants, backchannelTokenDeliveryMode: 'ping' }, 'backchannelTokenDeliveryMode'],
      [{ backchannelTokenDeliveryMode: 'poll' }, 'backchannelTokenDeliveryMode'],
      [{ backchannelUserCodeParameter: true }, 'backchannelUserCodeParameter'],
      [
        { ...grants, backchannelAuthenticationRequestSigningAlg: 'ES256' },
        'backchannelAuthenticationRequestSigningAlg',
      ],
    ] as const) {
      const answer = await create(data);
      expect([answer.status, answer.body]).toEqual([400, expect.stringContaining(`data.${field}`)]);
    }
    const kept = { backchannelTokenDeliveryMode: 'poll', backchannelUserCodeParameter: true };
    expect((await create({ ...grants, ...kept })).json()).toMatchObject({ data: kept });
  });
});

describe('the person', () => {
  it('sees who asks for what, with which message, and nobody else does', async () => {
    await asked(stack, client, { scope: 'openid calls', binding_message: 'Ticket W4SCT' });
    const { data, user, hasUserCode } = await waitingFor(await signedIn(stack));

    expect(user.username).toBe('demo\\agent');
    expect(hasUserCode).toBe(false);
    expect(data).toEqual([
      {
        id: expect.any(String),
        client: { id: client.clientId, name: 'Call Desk', address: 'app.test' },
        scope: ['openid', 'calls'],
        bindingMessage: 'Ticket W4SCT',
        requestedAt: expect.any(String),
        expiresAt: expect.any(String),
      },
    ]);
    expect((await waitingFor(await signedIn(stack, supervisor))).data).toEqual([]);
    expect((await createBrowser(stack.app).get('/auth/v3/approvals')).status).toBe(401);
  });

  // attack: approval by another person | CIBA 5, 7.1 | guard: services/auth-api/src/browser/approvals/service.ts
  it('alone answers: somebody else who knows the id does not', async () => {
    const { auth_req_id } = await asked(stack, client);
    const approval = auth_req_id.split('.')[0] ?? '';

    expect(await say(await signedIn(stack, supervisor), 'approved', { approval })).toBe('gone');
    expect(await errorOf(pollLater(auth_req_id))).toBe('authorization_pending');
  });

  // attack: approval forged by another site | OWASP CSRF | guard: services/auth-api/src/browser/approvals/page-calls.ts
  it('is not made to approve by the page of an application that knows the id', async () => {
    const { auth_req_id } = await asked(stack, client);
    const person = await signedIn(stack);

    expect(await say(person, 'approved', {}, { origin: 'https://evil.test' })).toBe(403);
    expect(await say(person, 'approved', { csrf: '' })).toBe('form_expired');
    const other = await waitingFor(await signedIn(stack));
    expect(await say(person, 'approved', { csrf: other.csrf })).toBe('form_expired');
    expect(await errorOf(pollLater(auth_req_id))).toBe('authorization_pending');
  });

  // attack: approval by a token of the person | RFC 9700 4.9 | guard: services/auth-api/src/browser/approvals/page-calls.ts
  it('approves by the browser only: an application with a token of theirs cannot', async () => {
    const { auth_req_id } = await asked(stack, client);
    await say(await signedIn(stack), 'approved');
    const { access_token } = (await pollLater(auth_req_id)).json();
    const authorization = `Bearer ${access_token}`;

    const listed = await createBrowser(stack.app).get('/auth/v3/approvals', { authorization });
    expect(listed.status).toBe(401);
  });

  it('answers once, whichever page is quicker', async () => {
    await asked(stack, client);
    const [one, other] = [await signedIn(stack), await signedIn(stack)];
    const { data } = await waitingFor(one);
    const approval = data[0]?.id ?? '';
    const results = await Promise.all([
      say(one, 'approved', { approval }),
      say(other, 'denied', { approval }),
    ]);

    expect(results.filter((result) => result === 'gone')).toHaveLength(1);
  });

  it('is not kept signed in by a page that refreshes itself', async () => {
    const person = await signedIn(stack);
    // Idle for four hours, but for the page.
    for (let hours = 0; hours < 4; hours++) {
      skewMs += 3_601_000;
      await person.get('/auth/v3/approvals?refresh=true');
    }

    expect((await person.get('/auth/v3/approvals')).status).toBe(401);
  });

  // attack: flood of requests at one person | CIBA 14, MITRE ATT&CK T1621 | guard: services/auth-api/src/browser/approvals/asked-people.ts
  it('is asked a few times by one client and by all, until they approve or ten minutes pass', async () => {
    const statuses = [];
    for (let turn = 0; turn < 6; turn++) statuses.push((await ask(stack, client)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    const refused = await ask(stack, client);
    expect(refused.json().error).toBe('temporarily_unavailable');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(500);

    const person = await signedIn(stack);
    await say(person, 'denied');
    expect((await ask(stack, client)).status).toBe(429);
    await say(person, 'approved');
    expect((await ask(stack, client)).status).toBe(200);

    const others = await Promise.all(Array.from({ length: 6 }, () => createAsker(stack)));
    const answers = [];
    for (const other of others) answers.push((await ask(stack, other)).status);
    expect(answers).toEqual([200, 200, 200, 200, 200, 429]);
    expect((await ask(stack, client, { login_hint: 'demo\\supervisor' })).status).toBe(200);
    skewMs += 601_000;
    expect((await ask(stack, client)).status).toBe(200);
  });
});

it('a plain login asks no store about approvals', async () => {
  const commands: string[] = [];
  const watcher = await (stack.deps.stores.redis as RedisWithMonitor).monitor();
  watcher.on('monitor', (_time, parts) => commands.push(parts.join(' ')));
  const queries = vi.spyOn(stack.deps.stores.pool, 'query');
  const plain = await createClient(stack);
  queries.mockClear();
  const browser = createBrowser(stack.app);
  await redeem(stack, plain, await getCode(stack, browser, plain));
  await browser.get('/auth/v3/sessions');
  await expect.poll(() => commands.some((command) => command.includes('user-sessions:'))).toBe(true);
  watcher.disconnect();

  expect(commands.filter((command) => command.includes('backchannel'))).toEqual([]);
  // A client's own column, which each login reads.
  const sent = JSON.stringify(queries.mock.calls).replaceAll('backchannel_user_code_parameter', '');
  expect(sent).not.toContain('user_code');
  queries.mockRestore();
});

describe('what ends', () => {
  const approved = async () => {
    const { auth_req_id } = await asked(stack, client);
    const person = await signedIn(stack);
    await say(person, 'approved');
    return { auth_req_id, person };
  };

  // attack: approval after sign-out | CIBA 11, OWASP ASVS 7.4.1 | guard: services/auth-api/src/oauth/token/grants/polled-grant.ts
  it('an approval ends with the session that gave it', async () => {
    const { auth_req_id, person } = await approved();
    await person.get('/auth/v3/sign-out', { 'sec-fetch-site': 'same-origin' });

    expect(await errorOf(pollLater(auth_req_id))).toBe('invalid_grant');
  });

  it('a client that leaves the contact centre, or is created anew, gets nothing', async () => {
    const { auth_req_id } = await approved();
    await changeClient(stack, client, { contactCenterIds: ['99999999-9999-4999-8999-999999999999'] });
    expect(await errorOf(pollLater(auth_req_id))).toBe('invalid_grant');

    // The database has no skewed clock: this request is older than the client that will get its id.
    skewMs = -1_000;
    const next = await createAsker(stack);
    const person = await signedIn(stack, lead);
    await asked(stack, next, { login_hint: `demo\\${lead.username}` });
    await opsCall(stack, 'DELETE', `/auth/v3/ops/clients/${next.clientId}`);
    expect((await waitingFor(person)).data).toEqual([]);
    await createAsker(stack, { client_id: next.clientId });
    expect((await waitingFor(person)).data).toEqual([]);
  });

  it('a client that loses the grant, or a scope, asks nobody any more', async () => {
    await asked(stack, client, { scope: 'openid calls' });
    const person = await signedIn(stack);
    expect((await waitingFor(person)).data).toHaveLength(1);
    await changeClient(stack, client, { scope: ['openid'] });
    expect((await waitingFor(person)).data).toEqual([]);
    await changeClient(stack, client, { scope: ['*'], authorizedGrantTypes: ['client_credentials'] });
    expect((await waitingFor(person)).data).toEqual([]);
  });

  it('nothing comes of a contact centre that was switched off, before or after the approval', async () => {
    const id = randomUuid();
    const { contactCenters } = stack.environmentApi;
    contactCenters.set(id, { ...demoContactCenter, id, domains: ['closing'] });
    const login_hint = 'closing\\agent';
    const first = await asked(stack, client, { login_hint });
    const person = await signedIn(stack, { ...agent, tenant: 'closing' });
    // The person is the same, but was asked in another contact centre.
    expect((await waitingFor(await signedIn(stack))).data).toEqual([]);
    await say(person, 'approved');
    const second = await asked(stack, client, { login_hint });
    contactCenters.set(id, {
      ...demoContactCenter,
      id,
      domains: ['closing'],
      status: 'disabled',
      version: 2,
    });
    await announceChange(stack, { entity: 'contact-center', id, contactCenterId: id });
    await announceChange(stack, { entity: 'contact-center-end', id, contactCenterId: id });

    await expect.poll(() => errorOf(ask(stack, client, { login_hint }))).toBe('unknown_user_id');
    await expect.poll(async () => (await person.get('/auth/v3/approvals')).status).toBe(401);
    expect(await errorOf(pollLater(first.auth_req_id))).toBe('invalid_grant');
    expect(await errorOf(poll(stack, client, second.auth_req_id))).toBe('authorization_pending');
  });
});
