/** Two contact centres of one environment: in the first a person has everything that a person can have; the second attacks. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { decodeJwt } from 'jose';
import { environmentFieldsOf } from '../../../services/auth-api/test/stack/auth-api.ts';
import { asked, createAsker } from '../../../services/auth-api/test/stack/backchannel.ts';
import { addAdministrator } from '../../../services/auth-api/test/stack/console.ts';
import type { LogoutListener } from '../../../services/auth-api/test/stack/logout-listener.ts';
import {
  authorizeUrl,
  createClient,
  opsCall,
  postForm,
  redeem,
  type TestClient,
} from '../../../services/auth-api/test/stack/oauth.ts';
import { formTo, type Person } from '../../../services/auth-ui/test/console/person.ts';
import { people, type Stage } from '../../../services/auth-ui/test/console/stage.ts';
import type { About } from './about.ts';

/** `isShared`: everybody belongs to both, by one subject; otherwise each has its own people and subjects. */
export interface Variant {
  name: string;
  isShared: boolean;
}

export interface Credentials {
  username: string;
  password: string;
  tenant: string;
}

export const variants: Variant[] = [
  { name: 'people and subjects of their own', isShared: false },
  { name: 'the same people by the same subjects', isShared: true },
];

/** Applications and receivers of the tests are on this machine. */
export const outboundSettings = {
  GATEHOUSE_MODE: 'local',
  GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true',
  GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000',
};

/** In everything that is stored of the attacked person and of nobody else. */
export const mark = 'Unmistakable';
const password = 'a-password-of-theirs';
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
export const cibaGrantType = 'urn:openid:params:grant-type:ciba';

export type Estate = Awaited<ReturnType<typeof createEstate>>;

/** An application of both, of one or of the installation; it is told of sign-outs where its people come back to. */
export const createApplication = (
  stage: Stage,
  listener: LogoutListener,
  fields: Record<string, unknown> = {},
): Promise<TestClient> =>
  createClient(stage.authApi, {
    authorizedGrantTypes: [
      'authorization_code',
      'refresh_token',
      'password',
      'client_credentials',
      deviceGrant,
    ],
    redirectURIs: [listener.url],
    backchannelLogoutUri: listener.url,
    scope: ['openid', 'profile', 'sessions'],
    ...fields,
  });

/** Signs in on the way where nobody is signed in yet; comes back with a code. */
export async function codeOf(person: Person, client: TestClient, who: Credentials, userAgent: string) {
  let page = await person.open(authorizeUrl(client, { scope: 'openid sessions' }));
  if (page.path.includes('/auth/sign-in.html')) {
    const { username, tenant, password: typed } = who;
    const { action, fields } = formTo(
      await person.submit(page, '/auth/sign-in.html', { username, tenant }),
      '/auth/v3/sign-in',
    );
    page = await person.post(action, { ...fields, password: typed }, { 'user-agent': userAgent });
  }
  const code = new URL(page.path, stage404).searchParams.get('code');
  if (code === null) throw new Error(`no code at ${page.path} (${page.heading})`);
  return code;
}
const stage404 = 'http://application.test';

export async function tokensOf(stage: Stage, client: TestClient, code: string) {
  const answer = await redeem(stage.authApi, client, code);
  if (answer.status !== 200) throw new Error(answer.body);
  return answer.json();
}

/** Both places, their people in the directory, and what the first person holds. */
export async function createEstate(stage: Stage, { isShared }: Variant, listener: LogoutListener) {
  const { authApi, environmentApi } = stage;
  const { store } = authApi.simulator;
  const environmentId = await environmentApi.environment({
    ...environmentFieldsOf(authApi.simulator.port),
    tlsEnabled: false,
  });
  const personIn = async (name: string, ...groups: number[]) => {
    const userName = `${name}-${randomUuid()}`;
    const { DBID } = await store.createPerson({ tenantDbid: 101, userName, password });
    for (const group of groups) await store.addToAccessGroup(group, DBID as number);
    return userName;
  };
  const place = async (name: string) => {
    const groupName = `Group ${randomUuid()}`;
    const { groupInfo } = (await store.createAccessGroup({ tenantDbid: 101, name: groupName })) as {
      groupInfo: { DBID: number };
    };
    const domain = `${name.toLowerCase()}-${randomUuid()}`;
    const centerName = `${name} ${randomUuid()}`;
    const id = await environmentApi.contactCenter({
      environmentId,
      name: centerName,
      domains: [domain],
      subjectScope: isShared ? 'environment' : 'contactCenter',
      ...(isShared ? {} : { membership: { by: 'accessGroup', names: [groupName] } }),
    });
    return { id, domain, centerName, group: groupInfo.DBID };
  };
  const attacked = await place(`${mark}Centre`);
  const attacker = await place('Other');
  const userName = await personIn('Anna', attacked.group);
  const person: Credentials = { username: userName, password, tenant: attacked.domain };
  const held = await holdings(stage, person, attacked, listener);
  return {
    environmentId,
    attacked: { ...attacked, person, ...held },
    attacker: {
      ...attacker,
      person: {
        username: isShared ? userName : await personIn('Bert', attacker.group),
        password,
        tenant: attacker.domain,
      },
      administrator: {
        username: await personIn('Boss', attacker.group, administratorsGroup),
        password,
        tenant: attacker.domain,
      },
    },
    /** Facts that an unknown person shares with the attacked one. */
    shared: (isShared ? { userName, sub: held.about.sub } : {}) as Partial<About>,
  };
}

/** Of the demo estate: its members administer their contact centre. */
const administratorsGroup = 102;

async function holdings(
  stage: Stage,
  person: Credentials,
  place: { id: string; domain: string; centerName: string },
  listener: LogoutListener,
) {
  const { authApi, environmentApi } = stage;
  const bound = { contactCenterIds: [place.id] };
  const client = await createApplication(stage, listener, { ...bound, name: `${mark} application` });
  const asker = await createAsker(authApi, { name: `${mark} asker` });
  // Of the installation, as the asker is: people of both use it.
  const wide = await createApplication(stage, listener, { name: 'Of all' });
  const browser = stage.newPerson();
  const enter = (by: TestClient) => codeOf(browser, by, person, `${mark}Browser/1.0`);
  const tokens = await tokensOf(stage, client, await enter(client));
  const wideTokens = await tokensOf(stage, wide, await enter(wide));
  const { sub, sid } = decodeJwt<{ sid: string }>(tokens.id_token) as { sub: string; sid: string };
  const framed = await createApplication(stage, listener, {
    ...{ ...bound, name: `${mark} frame`, backchannelLogoutUri: undefined },
    frontchannelLogoutUri: `${listener.url}/${mark}`,
  });
  await enter(framed);
  const who = { contactCenterId: place.id, sub };
  for (const { clientId } of [client, wide])
    await authApi.deps.consents.service.give(who, { clientId, scope: ['openid'] });
  const { auth_req_id } = await asked(authApi, asker, {
    login_hint: `${place.domain}\\${person.username}`,
    binding_message: `${mark} call`,
  });
  const waiting = (await (await browser.request('/auth/v3/approvals')).json()) as { data: { id: string }[] };
  const added = await addAdministrator(authApi, { user: sub, contactCenter: place.id });
  if (added.status !== 200) throw new Error(added.body);
  const device = await postForm(authApi, 'device', { scope: 'openid' }, client);
  const key = await environmentApi.call('POST', `/contact-centers/${place.id}/api-keys`, {
    payload: { data: { name: `${mark} key`, purpose: 'scim' } },
  });
  if (key.status !== 200) throw new Error(key.text);
  const about: About = {
    userName: person.username,
    sub,
    sid,
    contactCenterId: place.id,
    domain: place.domain,
    centerName: place.centerName,
    clientId: client.clientId,
    clientSecret: client.clientSecret ?? '',
    wideClientId: wide.clientId,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    idToken: tokens.id_token,
    code: await enter(client),
    authReqId: auth_req_id,
    approvalId: waiting.data[0]?.id ?? '',
    deviceCode: device.json<{ device_code: string }>().device_code,
    userCode: device.json<{ user_code: string }>().user_code,
    keyId: key.body.data.id,
    apiKey: key.body.data.key,
  };
  return { about, browser, client, wide, tokens: [tokens, wideTokens], enter: () => enter(client) };
}

/** The receiver of signals is told of nobody else than the people of one contact centre. */
export async function receiveSignals(stage: Stage, endpoint: string, contactCenterId: string): Promise<void> {
  const answer = await opsCall(stage.authApi, 'POST', '/auth/v3/ops/signal-receivers', {
    data: { endpoint, audience: `of ${contactCenterId}`, contactCenterIds: [contactCenterId] },
  });
  if (answer.status !== 200) throw new Error(answer.body);
}

/** Somebody of the demo contact centre, who has left. */
export async function idTokenOfFormerSession(stage: Stage, listener: LogoutListener): Promise<string> {
  const client = await createApplication(stage, listener, { contactCenterIds: [stage.contactCenterId] });
  const person = stage.newPerson();
  const code = await codeOf(person, client, { ...people.agent, tenant: 'demo' }, 'Browser/3.0');
  const { id_token } = await tokensOf(stage, client, code);
  await person.request('/auth/v3/sign-out', { method: 'POST' });
  return id_token;
}
