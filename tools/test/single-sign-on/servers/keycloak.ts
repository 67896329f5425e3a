/** Keycloak in development mode: its data is in memory and in a folder of its own, and its administration API sets it up. */
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { printedVersion } from '@gatehouse/testing/foreign-software';
import { freePort } from '@gatehouse/testing/network';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { answers } from '../../../stack/services.ts';
import type { Visit } from '../stage.ts';
import { type Server, startServer } from './server.ts';

const home = process.env['GATEHOUSE_KEYCLOAK_HOME'] ?? '';
const javaHome = process.env['GATEHOUSE_KEYCLOAK_JAVA'] ?? '';

export const isKeycloakInstalled = home !== '';
/** Its first start compiles its configuration into the installation. */
export const readyLimitMs = 240_000;

const realm = 'people';
const administrator = { user: 'administrator', password: 'administrator-password' };
const person = { userName: 'agent', email: 'agent@example.com', password: 'agent-password', group: 'agents' };

/** A client as its administration API describes it; only what the tests change. */
interface Client {
  id?: string;
  clientId: string;
  attributes: Record<string, string>;
  [name: string]: unknown;
}

export interface Keycloak {
  /** Issuer of OpenID Connect, and SAML entity id. */
  readonly issuer: string;
  /** Another address each time: what was read is kept by address. */
  metadataUrl(): string;
  /** Where it does what, with its keys at another address each time: how often keys are read again is counted by address. */
  endpoints(): { authorizationEndpoint: string; tokenEndpoint: string; jwksUri: string };
  /** As "Import client" does, with our metadata; the settings of before are replaced. */
  importSaml(ourMetadata: string, changes?: Partial<Client>): Promise<void>;
  createOidc(client: OidcRegistration): Promise<void>;
  /** Where an administrator ends the sessions of the person. */
  signOutByAdministrator(): Promise<void>;
  /** Signs with a new key from now on, and publishes it alone. */
  rollOver(): Promise<void>;
  readonly idpInitiatedUrl: string;
  version(): Promise<string>;
  close(): Promise<void>;
}

export interface OidcRegistration {
  id: string;
  secret: string;
  redirectUri: string;
  postLogoutRedirectUri: string;
  backchannelLogoutUri: string;
}

export async function startKeycloak(): Promise<Keycloak> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'data'));
  for (const name of ['conf', 'lib', 'providers', 'themes'])
    await symlink(join(home, name), join(folder, name));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const server: Server = await startServer({
    program: join(home, 'bin/kc.sh'),
    args: [
      'start-dev',
      ...[`-Dkc.home.dir=${folder}`, '--db=dev-mem', '--http-host=127.0.0.1', `--http-port=${port}`],
      '--log-level=warn',
    ],
    env: {
      JAVA_HOME: javaHome,
      // Quick to start: it answers some hundred requests.
      JAVA_OPTS_APPEND: '-XX:TieredStopAtLevel=1',
      KC_BOOTSTRAP_ADMIN_USERNAME: administrator.user,
      KC_BOOTSTRAP_ADMIN_PASSWORD: administrator.password,
    },
    isUp: () => answers(`${url}/realms/master`),
    readyLimitMs,
  });
  const call = createCaller(url);
  const userId = await createRealm(call);
  let signingKey = await addSigningKey(call);
  const issuer = `${url}/realms/${realm}`;
  let asked = 0;
  let samlClient: string | undefined;
  return {
    issuer,
    idpInitiatedUrl: `${issuer}/protocol/saml/clients/gatehouse`,
    metadataUrl() {
      asked += 1;
      return `${issuer}/protocol/saml/descriptor?asked=${asked}`;
    },
    endpoints() {
      asked += 1;
      const below = `${issuer}/protocol/openid-connect`;
      return {
        authorizationEndpoint: `${below}/auth`,
        tokenEndpoint: `${below}/token`,
        jwksUri: `${below}/certs?asked=${asked}`,
      };
    },
    async importSaml(ourMetadata, { attributes, ...changes } = {}) {
      if (samlClient !== undefined) await call('DELETE', `clients/${samlClient}`);
      const client = (await call('POST', 'client-description-converter', ourMetadata)) as Client;
      await call('POST', 'clients', {
        ...client,
        ...changes,
        attributes: { ...client.attributes, saml_idp_initiated_sso_url_name: 'gatehouse', ...attributes },
        protocolMappers: [groupMapper('saml')],
      });
      samlClient = await clientIdOf(call, client.clientId);
    },
    async createOidc({ id, secret, redirectUri, postLogoutRedirectUri, backchannelLogoutUri }) {
      await call('POST', 'clients', {
        clientId: id,
        secret,
        protocol: 'openid-connect',
        publicClient: false,
        redirectUris: [redirectUri],
        attributes: {
          'post.logout.redirect.uris': postLogoutRedirectUri,
          'backchannel.logout.url': backchannelLogoutUri,
          'backchannel.logout.session.required': 'true',
        },
        protocolMappers: [groupMapper('openid-connect')],
      });
    },
    async signOutByAdministrator() {
      await call('POST', `users/${userId}/logout`, {});
    },
    version: async () => printedVersion(join(home, 'bin/kc.sh'), '--version'),
    async rollOver() {
      const former = signingKey;
      signingKey = await addSigningKey(call);
      await call('DELETE', `components/${former}`);
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function answerKeycloak({ page }: Visit): Promise<void> {
  await page.locator('#username').fill(person.userName);
  await page.locator('#password').fill(person.password);
  await page.locator('#password').press('Enter');
}

type Caller = (method: string, path: string, body?: object | string) => Promise<unknown>;

/** Calls below the realm; an empty path is where realms are created. */
function createCaller(url: string): Caller {
  const token = async () => {
    const answer = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: 'admin-cli',
        username: administrator.user,
        password: administrator.password,
      }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  };
  return async (method, path, body) => {
    const below = path === '' ? '' : `/${realm}/${path}`;
    const answer = await fetch(`${url}/admin/realms${below}`, {
      method,
      headers: {
        authorization: `Bearer ${await token()}`,
        ...(body === undefined
          ? {}
          : { 'content-type': typeof body === 'string' ? 'application/xml' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
}

/** The id of the only person. */
async function createRealm(call: Caller): Promise<string> {
  await call('POST', '', {
    id: realm,
    realm,
    enabled: true,
    sslRequired: 'none',
    groups: [{ name: person.group }],
    users: [
      {
        username: person.userName,
        email: person.email,
        emailVerified: true,
        firstName: 'Ada',
        lastName: 'Agent',
        enabled: true,
        groups: [`/${person.group}`],
        credentials: [{ type: 'password', value: person.password }],
      },
    ],
  });
  const [user] = (await call('GET', `users?username=${person.userName}`)) as { id: string }[];
  // Its own key would go on to be published beside those of the tests.
  const keys = (await call('GET', 'components?type=org.keycloak.keys.KeyProvider')) as {
    id: string;
    providerId: string;
  }[];
  for (const { id, providerId } of keys)
    if (providerId === 'rsa-generated') await call('DELETE', `components/${id}`);
  return user?.id ?? '';
}

let keys = 0;

async function addSigningKey(call: Caller): Promise<string> {
  keys += 1;
  const name = `key-${keys}`;
  await call('POST', 'components', {
    name,
    providerId: 'rsa-generated',
    providerType: 'org.keycloak.keys.KeyProvider',
    parentId: realm,
    config: { priority: [String(100 + keys)], enabled: ['true'], active: ['true'], keySize: ['2048'] },
  });
  const [component] = (await call('GET', `components?name=${name}`)) as { id: string }[];
  return component?.id ?? '';
}

async function clientIdOf(call: Caller, clientId: string): Promise<string> {
  const [client] = (await call('GET', `clients?clientId=${encodeURIComponent(clientId)}`)) as {
    id: string;
  }[];
  return client?.id ?? '';
}

/** The names of a person's groups, without those above them. */
function groupMapper(protocol: 'saml' | 'openid-connect') {
  const config =
    protocol === 'saml'
      ? { 'attribute.name': 'groups', 'attribute.nameformat': 'Basic', single: 'true' }
      : { 'claim.name': 'groups', 'id.token.claim': 'true' };
  return {
    name: 'groups',
    protocol,
    protocolMapper: protocol === 'saml' ? 'saml-group-membership-mapper' : 'oidc-group-membership-mapper',
    config: { ...config, 'full.path': 'false' },
  };
}
