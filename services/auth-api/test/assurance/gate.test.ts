/** Plays every cell of the matrix: each way, by a person in each state, under each policy that came into force meanwhile. */

import { basicAuthorization } from '@gatehouse/api-client/http';
import { contactCenterAdminAuthority } from '@gatehouse/contracts/auth-api';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { makeProviderKey, type ProviderKey } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acts } from '../../src/people/accounts/admission.ts';
import type { PersonKey } from '../../src/records/revocation/revocation.ts';
import { addApp } from '../factors/people.ts';
import { assertionXml, idpEntityId, signXml } from '../sign-in/sso/stack/saml-provider.ts';
import { type AuthApi, contactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { asked, createAsker, poll, say, signedIn } from '../stack/backchannel.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { consoleToken } from '../stack/console.ts';
import { exchangeGrant, exchangeToken } from '../stack/exchange.ts';
import { agent, readView } from '../stack/interaction.ts';
import {
  authorizeUrl,
  changeClient,
  createClient,
  interactionOf,
  introspect,
  type OAuthAnswer,
  type OAuthJson,
  postForm,
  redeem,
  responseOf,
  type TestClient,
  token,
} from '../stack/oauth.ts';
import { proveBy, requireFactors } from '../stack/second-factor.ts';
import { personOf, postStep } from '../stack/second-step.ts';
import { assertionClaims, type ClientKey, createClientKey, issuer } from '../stack/signing-client.ts';
import {
  grantsOfMachines,
  isLetThrough,
  type Policy,
  type PolicyName,
  policies,
  policyOf,
  type State,
  states,
  type WayName,
  ways,
} from './matrix.ts';

const bearer = (kind: 'jwt' | 'saml2') => `urn:ietf:params:oauth:grant-type:${kind}-bearer`;
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const jwtIssuer = 'https://provider.test';
const bound = { contactCenterIds: [contactCenterId] };
const userName = `${agent.tenant}\\${agent.username}`;

let stack: AuthApi;
let key: ClientKey;
let samlKey: ProviderKey;
let skewMs = 0;
beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS: '1000',
      GATEHOUSE_APPROVAL_MAX_BY_CLIENT: '100',
      GATEHOUSE_APPROVAL_MAX_BY_ALL: '100',
      GATEHOUSE_SIGN_IN_FREE_FAILURES: '1000',
      GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000',
    },
    now: () => Date.now() + skewMs,
  });
  const rules = ['security-authentication-rules', [['password-min-length', '8']]];
  await stack.simulator.store.updateObject(7, 101, { userProperties: [rules] });
  [key, samlKey] = [await createClientKey(), makeProviderKey()];
});
afterAll(() => stack?.close());

let person: PersonKey;

interface Clients {
  application: TestClient;
  asker: TestClient;
  wallboard: TestClient;
  stranger: TestClient;
  gateway: TestClient;
}

async function createClients(): Promise<Clients> {
  const application = await createClient(stack, {
    scope: ['openid', 'sessions'],
    authorizedGrantTypes: [
      'authorization_code',
      'refresh_token',
      'password',
      'implicit',
      bearer('jwt'),
      bearer('saml2'),
    ],
    responseTypes: ['code', 'token'],
    basicAuthorize: true,
    jwtBearer: { issuers: [{ issuer: jwtIssuer, jwks: { keys: [key.publicJwk] }, ...bound }] },
    samlBearer: { issuers: [{ issuer: idpEntityId, certificates: [samlKey.certificate], ...bound }] },
  });
  return {
    application,
    asker: await createAsker(stack),
    wallboard: await createClient(stack, { clientType: 'PUBLIC', authorizedGrantTypes: [deviceGrant] }),
    stranger: await createClient(stack, { requireConsent: true }),
    gateway: await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      tokenExchange: { subjectClients: [application.clientId] },
    }),
  };
}

/** What a person in one state had begun before the policy came. */
interface Begun {
  clients: Clients;
  browser: Browser;
  code: string;
  tokens: OAuthJson;
  deviceInteraction: string;
  consentInteraction: string;
  authReqId: string;
  state: State;
}

const codeOf = async (browser: Browser, client: TestClient) =>
  responseOf(await browser.get(authorizeUrl(client, { prompt: 'none' }))).get('code') ?? '';

async function begin(clients: Clients, state: State): Promise<Begun> {
  const { application, asker, wallboard, stranger } = clients;
  const browser = await signedIn(stack);
  await proveBy(stack, browser, states[state].proofs(stack.deps.now()));
  const tokens = (await redeem(stack, application, await codeOf(browser, application))).json();
  const device = (await postForm(stack, 'device', {}, wallboard)).json<{ user_code: string }>();
  const typed = await browser.postForm('/auth/v3/oauth/device/code', { user_code: device.user_code });
  return {
    clients,
    browser,
    state,
    tokens,
    code: await codeOf(browser, application),
    deviceInteraction: interactionOf(typed),
    consentInteraction: interactionOf(await browser.get(authorizeUrl(stranger))),
    authReqId: (await asked(stack, asker)).auth_req_id,
  };
}

const through = 'through';
const ofGrant = (answer: OAuthAnswer) => (answer.status === 200 ? through : answer.json().error);
const ofRedirect = (answer: Parameters<typeof responseOf>[0], name: string) => {
  const given = new URLSearchParams(new URL(answer.location ?? '').hash.slice(1) || responseOf(answer));
  return given.get(name) === null ? given.get('error') : through;
};
const consentTo = async (browser: Browser, interaction: string) => {
  const { csrf } = await readView(stack.app, browser, interaction);
  return browser.postForm('/auth/v3/oauth/consent', { interaction, csrf, answer: 'allowed' });
};

/** Goes each way; gives `through`, or how it was refused. */
const go: Record<WayName, (begun: Begun) => Promise<unknown>> = {
  async passwordForm() {
    const own = createBrowser(stack.app);
    const { location = '' } = await own.postForm('/auth/v3/sign-in', agent);
    // In the time of grace the page offers to go on.
    const next = location.endsWith('/second-step.html') ? await postStep(stack, own, 'later') : { location };
    return next.location?.endsWith('/auth/signed-in.html') ? through : new URL(location).pathname;
  },
  code: async ({ browser, clients: { application } }) =>
    ofRedirect(await browser.get(authorizeUrl(application, { prompt: 'none' })), 'code'),
  implicit: async ({ browser, clients: { application } }) =>
    ofRedirect(
      await browser.get(authorizeUrl(application, { prompt: 'none', response_type: 'token' })),
      'access_token',
    ),
  async basicAuthorize({ clients: { application } }) {
    const authorization = basicAuthorization(userName, agent.password);
    return ofRedirect(
      await createBrowser(stack.app).get(authorizeUrl(application), { authorization }),
      'code',
    );
  },
  redemption: async ({ clients: { application }, code }) => ofGrant(await redeem(stack, application, code)),
  password: async ({ clients: { application } }) =>
    ofGrant(
      await token(stack, application, {
        grant_type: 'password',
        username: userName,
        password: agent.password,
      }),
    ),
  refresh: async ({ clients: { application }, tokens: { refresh_token } }) =>
    ofGrant(await token(stack, application, { grant_type: 'refresh_token', refresh_token })),
  exchange: async ({ clients: { gateway }, tokens: { access_token } }) =>
    ofGrant(await exchangeToken(stack, gateway, access_token)),
  async jwtBearer({ clients: { application } }) {
    const claims = assertionClaims(agent.username, { iss: jwtIssuer, tenant: 'demo' }, stack.deps.now());
    return ofGrant(
      await token(stack, application, { grant_type: bearer('jwt'), assertion: await key.sign(claims) }),
    );
  },
  async samlBearer({ clients: { application } }) {
    const place = { inResponseTo: undefined, acsUrl: `${issuer}/oauth/token`, audience: issuer };
    const xml = assertionXml({ ...place, nameId: agent.username, shiftSeconds: skewMs / 1000 });
    const assertion = Buffer.from(signXml(xml, samlKey)).toString('base64url');
    return ofGrant(await token(stack, application, { grant_type: bearer('saml2'), assertion }));
  },
  async device({ browser, deviceInteraction }) {
    const said = await consentTo(browser, deviceInteraction);
    if (said.location === undefined) return said.status;
    const { location = '' } = await browser.get(said.location);
    return location.includes('result=approved') ? through : location;
  },
  async ciba({ browser, clients: { asker }, authReqId }) {
    const said = await say(browser, 'approved', { approval: authReqId.split('.')[0] ?? '' });
    const { error } = (await poll(stack, asker, authReqId)).json();
    return said === 'approved' ? through : [said, error];
  },
  async consent({ browser, consentInteraction }) {
    const { status, location } = await consentTo(browser, consentInteraction);
    return location === undefined ? status : through;
  },
  async passwordChange({ browser }) {
    const data = { oldPassword: 'not the password', newPassword: 'another-password-1' };
    const answer = await browser.postJson('/auth/v3/change-password', { data });
    return answer.body.includes('requires more than a password') ? 'second_factor_required' : through;
  },
  async passwordChangeByName() {
    const { username, tenant, password: oldPassword } = agent;
    // Let through, the server refuses it, and the password stays.
    const data = { userName: username, tenant, oldPassword, newPassword: 'short' };
    const answer = await createBrowser(stack.app).postJson('/auth/v3/change-password', { data });
    const { name } = (answer.json() as { status: { name: string } }).status;
    return name === 'password_policy' ? through : name;
  },
  async account({ browser }) {
    const { status, headers } = await browser.get('/auth/v3/consents');
    return status === 200 ? through : [status, headers['www-authenticate']];
  },
  async console({ state }) {
    const nowMs = stack.deps.now();
    const session = { sid: randomUuid(), authTimeMs: nowMs, amr: [], proofs: states[state].proofs(nowMs) };
    const authorities = ['ROLE_USER', contactCenterAdminAuthority];
    const header = await consoleToken(stack, { sub: person.sub }, { authorities, session });
    const service = await createClient(stack, { internalClient: true });
    const answer = await introspect(stack, service, header.replace('Bearer ', ''));
    expect(answer).toMatchObject({ active: true });
    return (answer['authorities'] as string[]).includes(contactCenterAdminAuthority) ? through : 'no rights';
  },
};

const refusedAs: Record<string, unknown> = {
  step: '/auth/second-step.html',
  page: 'second_factor_required',
  signIn: 'interaction_required',
  redirect: 'interaction_required',
  grant: 'invalid_grant',
  resource: [401, expect.stringContaining('error="insufficient_user_authentication"')],
  rights: 'no rights',
};
/** They end on pages of ours, which say nothing to programs. */
const endOnPages: readonly WayName[] = ['device', 'ciba', 'consent'];

describe.each(Object.keys(policies) as PolicyName[])('a policy that came meanwhile: %s', (policy) => {
  const begun = new Map<State, Begun>();
  beforeAll(async () => {
    skewMs += 601_000;
    await requireFactors(stack, {});
    person = await personOf(stack, await signedIn(stack));
    await stack.deps.factors.ends.reset(person, { reason: 'another policy', by: 'test' });
    const clients = await createClients();
    for (const state of Object.keys(states) as State[]) begun.set(state, await begin(clients, state));
    await requireFactors(stack, policyOf(policy));
    const { minimumAcr, isOfHolders }: Policy = policies[policy];
    if (isOfHolders) await addApp(stack, person);
    if (minimumAcr === undefined) return;
    for (const client of Object.values(clients)) await changeClient(stack, client, { minimumAcr });
  });

  // attack: another grant or path than the sign-in page skips the second factor | CVE-2026-9091, CWE-287 | guard: services/auth-api/src/people/accounts/admission.ts
  it.each(
    (Object.keys(ways) as WayName[]).flatMap((way) =>
      (Object.keys(states) as State[]).map((state): [WayName, State] => [way, state]),
    ),
  )('counts wherever something is given: %s by %s', async (way, state) => {
    const own = begun.get(state);
    if (own === undefined) throw new Error(`nothing was begun by ${state}`);
    const result = await go[way](own);
    const isThrough = isLetThrough(ways[way], state, policy);
    if (isThrough) expect(result).toBe(through);
    else if (endOnPages.includes(way)) expect(result).not.toBe(through);
    else expect(result).toEqual(refusedAs[ways[way].refusal]);
  });
});

describe('the matrix', () => {
  it('has a way for each act of the gate, and for each grant', () => {
    const described = Object.values(ways);
    expect(new Set(described.map(({ act }) => act))).toEqual(new Set(acts));
    const grants = described.flatMap((way) => ('grant' in way ? way.grant : []));
    const all = [...grants, ...Object.keys(grantsOfMachines)].toSorted();
    expect(all).toEqual([...stack.deps.token.grantTypes].toSorted());
  });
});
