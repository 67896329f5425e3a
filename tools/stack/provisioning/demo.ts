/** Defines the demo data. Everything here is public, and the names say so. */
import { readFileSync } from 'node:fs';
import { contactCenterAdminAuthority } from '@gatehouse/contracts/auth-api';
import { parse } from 'yaml';

export const operator = { username: 'ops', password: 'demo-ops-password' };

export interface DemoUser {
  username: string;
  tenant: string;
  password: string;
}

/** People of the simulator's demo seed who can sign in; their passwords live at the Configuration Server. */
export const users = [
  { username: 'agent', tenant: 'demo', password: 'demo-agent-password' },
  { username: 'supervisor', tenant: 'demo', password: 'demo-supervisor-password' },
  { username: 'admin', tenant: 'demo', password: 'demo-admin-password' },
] as const satisfies DemoUser[];

/** Members of this group administer the demo contact centre at the console. */
export const leads = { group: 'Team leads', members: ['supervisor'] };
export const authorityMapping = `group:${leads.group}=${contactCenterAdminAuthority}`;

/** Administers the whole installation at the console. */
export const administrator = 'admin';

/** Fixed ids: a second start finds what the first one made. */
export const environmentId = '0000de40-0000-4000-8000-00000000e001';
export const contactCenterId = '0000de40-0000-4000-8000-00000000cc01';

export const environmentName = 'Demo people';

export const contactCenter = { name: 'Demo contact centre', domains: ['demo'], auth: 'configServer' };

/** The contact centre of `--second-factor`. Its people are in the people store, wherever those of the other one are. */
export const secondFactor = {
  environmentId: '0000de40-0000-4000-8000-00000000e002',
  environmentName: 'Demo people with second factors',
  contactCenterId: '0000de40-0000-4000-8000-00000000cc02',
  contactCenter: {
    name: 'Demo contact centre with second factors',
    domains: ['factors'],
    auth: 'configServer',
  },
  /** Somebody who never set a factor up comes in for as long as a local stack is likely to live. */
  policy: { mode: 'required', enrolmentGraceDays: 365, rememberDays: 30 },
  users: [
    { username: 'agent', tenant: 'factors', password: 'demo-agent-password' },
    { username: 'supervisor', tenant: 'factors', password: 'demo-supervisor-password' },
    { username: 'newcomer', tenant: 'factors', password: 'demo-newcomer-password' },
  ] satisfies DemoUser[],
  withApp: ['agent', 'supervisor'],
};

/** The account under which Auth API works at the simulator. */
export const configServerAccount = {
  username: 'gatehouse',
  password: 'demo-service-password',
  tenant: 'demo',
  appName: 'gatehouse',
};

export interface DemoClient {
  client_id: string;
  client_secret: string;
  name: string;
  description: string;
  clientType: 'CONFIDENTIAL';
  internalClient: boolean;
  authorities: string[];
  authorizedGrantTypes: string[];
  scope: string[];
  redirectURIs: string[];
  postLogoutRedirectURIs: string[];
  tokenExchange?: { subjectClients: string[]; audiences: string[]; delegation: boolean };
  /** Only with tokens that are bound to a key of the client. */
  dpopBoundAccessTokens?: boolean;
  /** Only with authorization responses that are JWTs. */
  authorizationSignedResponseAlg?: string;
  backchannelTokenDeliveryMode?: string;
}

const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** The scope of a user's token in the demo; a service gets less of it by exchange. */
export const userScope = ['openid', 'profile', 'email', 'contacts:read', 'contacts:write', 'calls:read'];

/** The exchange of the demo: this service turns a user's token into one for that audience with this scope. */
export const exchange = { service: 'cx_contact', audience: 'webrtc-clientid', scope: 'calls:read' };

/** The chain of the demo: the voice service is called by the contact service and goes on to call this one. */
export const chainEnd = { audience: 'playground-recordings', scope: 'calls:read' };

/** Of the playground's flows, each of which needs a registration of its own. */
export const flowClients = {
  dpop: 'playground-dpop',
  jarm: 'playground-jarm',
  device: 'playground-wallboard',
  approval: 'playground-call-desk',
};

/** Client ids that existing installations use, and the playground. */
export function demoClients(playgroundUrl: string): DemoClient[] {
  const shown = [
    client('playground', 'Playground', 'The demo application that people sign in to', {
      authorizedGrantTypes: ['authorization_code', 'refresh_token'],
      scope: userScope,
      redirectURIs: [`${playgroundUrl}/callback`],
      postLogoutRedirectURIs: [`${playgroundUrl}/`],
    }),
    client(
      'external_api_client',
      'External API client',
      'Programs outside: client credentials and password grant',
      {
        authorizedGrantTypes: ['client_credentials', 'password', 'refresh_token'],
        scope: userScope,
      },
    ),
    client('gauth_client', 'Internal services', 'Services of the estate that validate tokens', {
      internalClient: true,
      authorizedGrantTypes: ['client_credentials'],
      scope: ['*'],
      authorities: ['ROLE_INTERNAL_CLIENT'],
    }),
    client(exchange.service, 'Contact service', 'Exchanges users’ tokens for narrower ones', {
      authorizedGrantTypes: ['client_credentials', tokenExchange],
      scope: userScope,
      tokenExchange: {
        subjectClients: ['playground', 'external_api_client'],
        audiences: [exchange.audience],
        delegation: true,
      },
    }),
    client(exchange.audience, 'Voice service', 'Accepts the exchanged tokens and exchanges them once more', {
      authorizedGrantTypes: ['client_credentials', tokenExchange],
      scope: ['calls:read'],
      tokenExchange: {
        subjectClients: [exchange.service],
        audiences: [chainEnd.audience],
        delegation: true,
      },
    }),
    ...playgroundFlows(playgroundUrl),
  ];
  const known = new Set(shown.map(({ client_id }) => client_id));
  return [...shown, ...estateClients().filter(({ client_id }) => !known.has(client_id))];
}

function playgroundFlows(playgroundUrl: string): DemoClient[] {
  const { dpop, jarm, device, approval } = flowClients;
  return [
    client(chainEnd.audience, 'Recording service', 'The last of the playground’s chain of services', {
      authorizedGrantTypes: ['client_credentials'],
      scope: [chainEnd.scope],
    }),
    client(dpop, 'Playground, DPoP', 'The playground with tokens that are bound to a key', {
      authorizedGrantTypes: ['authorization_code'],
      scope: ['openid', 'profile'],
      redirectURIs: [`${playgroundUrl}/dpop/callback`],
      dpopBoundAccessTokens: true,
    }),
    client(jarm, 'Playground, JARM', 'The playground with signed authorization responses', {
      authorizedGrantTypes: ['authorization_code'],
      scope: ['openid', 'profile'],
      redirectURIs: [`${playgroundUrl}/jarm/callback`],
      authorizationSignedResponseAlg: 'ES256',
    }),
    client(device, 'Playground, wallboard', 'A device without a browser, played by the playground', {
      authorizedGrantTypes: ['urn:ietf:params:oauth:grant-type:device_code'],
      scope: ['openid', 'profile', 'calls:read'],
    }),
    client(approval, 'Playground, call desk', 'Asks people who are elsewhere for approval', {
      authorizedGrantTypes: ['urn:openid:params:grant-type:ciba'],
      scope: ['openid', 'profile'],
      backchannelTokenDeliveryMode: 'poll',
    }),
  ];
}

/** The other ids that the components of an existing installation are configured with. */
function estateClients(): DemoClient[] {
  const file = new URL('../../../docs/examples/estate-clients.yaml', import.meta.url);
  const { clients } = parse(readFileSync(file, 'utf8')) as { clients: DemoClient[] };
  return clients.map(({ client_id, name, description, ...rest }) =>
    client(client_id, name, description, { ...rest, scope: rest.scope ?? ['*'] }),
  );
}

/** One of them, for its secret; where the playground is makes no difference to that. */
export function demoClient(id: string): DemoClient {
  const found = demoClients('http://localhost').find(({ client_id }) => client_id === id);
  if (!found) throw new Error(`there is no demo client ${id}`);
  return found;
}

function client(id: string, name: string, description: string, rest: Partial<DemoClient>): DemoClient {
  return {
    client_id: id,
    client_secret: `demo-secret-of-${id}`,
    name,
    description,
    clientType: 'CONFIDENTIAL',
    internalClient: false,
    authorities: [],
    authorizedGrantTypes: [],
    scope: [],
    redirectURIs: [],
    postLogoutRedirectURIs: [],
    ...rest,
  };
}
