/** Adds to the OpenAPI document what the schemas of routes do not say: who may call, and how pages and public documents refuse. */
import type { Answer, OpenApiDocument } from '@gatehouse/service-kit/openapi';
import {
  type AdministratorKind,
  allows,
  opsAuthorisation,
} from './oauth/client-authentication/ops-matrix.ts';

type Credential = keyof typeof securitySchemes;

const securitySchemes = {
  operator: { type: 'http', scheme: 'basic', description: 'The operator account.' },
  managingClient: {
    type: 'oauth2',
    flows: { clientCredentials: { tokenUrl: '/auth/v3/oauth/token', scopes: {} } },
    description:
      'An access token of a client that is bound to no contact centre and has the authority ROLE_MANAGEMENT_APPLICATION.',
  },
  console: {
    type: 'http',
    scheme: 'bearer',
    description: 'An access token of an administrator, from the login to the operator console.',
  },
  client: {
    type: 'http',
    scheme: 'basic',
    description:
      'Client id and secret (client_secret_basic). Or the form has them (client_secret_post), or a JWT (private_key_jwt); a PUBLIC client sends its client_id alone.',
  },
  token: {
    type: 'http',
    scheme: 'bearer',
    description: 'An access token of a person. One that is bound to a key is sent as DPoP (RFC 9449).',
  },
  registration: {
    type: 'http',
    scheme: 'bearer',
    description:
      'To register: the initial access token of the operator. Afterwards: the registration access token of the client (RFC 7592).',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-gatehouse-session',
    description: 'The session of the browser; without https the cookie is called gatehouse-session.',
  },
} as const;

const administrators: Partial<Record<AdministratorKind, Credential>> = {
  operator: 'operator',
  'managing client': 'managingClient',
  'installation administrator': 'console',
  'contact-centre administrator': 'console',
};

/** The first row that fits; `none`: nothing need be sent. The routes below `/ops` have their matrix. */
const callers: [RegExp, ...(Credential | 'none')[]][] = [
  [
    /\/(\.well-known|branding|sso|saml)\/|\/(jwks|openapi\.json|auth-scheme|sign-in|first-password)$|\/(second-step|passkey-sign-in)(\/|$)/,
    'none',
  ],
  [/\/oauth\/register/, 'registration'],
  [/\/oauth\/(token|device|introspect|revoke|par|backchannel)$/, 'client', 'none'],
  [/\/(convert-token|jwt-userinfo|userinfo)$/, 'token'],
  [/\/(ping|sessions|consents|factors)(\/|$)/, 'token', 'session'],
  [/\/(sign-out|change-password)$/, 'token', 'session', 'none'],
  [/\/approvals|\/oauth\/consent$/, 'session'],
  [/\/oauth\/(authorize|logout|device\/code)/, 'session', 'none'],
];

const page: Answer = {
  description: 'A page that says what went wrong.',
  content: { 'text/html': { schema: { type: 'string' } } },
};

/** Unless a route says something else. */
const usualCallers = [{ operator: [] }, { managingClient: [] }, { console: [] }];

export function refineOpenapi(document: OpenApiDocument): void {
  document.security = usualCallers;
  document.components = { ...document.components, securitySchemes, responses: { RefusalPage: page } };
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(operations)) {
      const names = callersOf(method, path);
      const security =
        names[0] === 'none' ? [] : names.map((name) => (name === 'none' ? {} : { [name]: [] }));
      if (JSON.stringify(security) !== JSON.stringify(usualCallers)) operation.security = security;
      const statuses = Object.keys(operation.responses);
      if (statuses.some((status) => status.startsWith('4'))) continue;
      if (/\.well-known|\/jwks$/.test(path)) operation.responses['4XX'] = refusalOf('OAuthError');
      else if (path.endsWith('/backchannel-logout')) operation.responses['4XX'] = refusalOf('Failure');
      else {
        operation.responses['3XX'] = { description: 'The browser is sent on.' };
        operation.responses['4XX'] = { $ref: '#/components/responses/RefusalPage' };
      }
    }
}

function callersOf(method: string, path: string): (Credential | 'none')[] {
  const rule = opsAuthorisation.ruleOf(method.toUpperCase(), path);
  if (rule !== undefined) {
    const admitted = Object.entries(administrators) as [AdministratorKind, Credential][];
    return [...new Set(admitted.filter(([kind]) => allows(rule, [kind])).map(([, name]) => name))];
  }
  const row = callers.find(([pattern]) => pattern.test(path));
  if (row === undefined) throw new Error(`nothing says who may call ${method} ${path}: add it to openapi.ts`);
  const [, ...names] = row;
  return names;
}

function refusalOf(schema: string): Answer {
  return {
    description: 'A refusal.',
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
  };
}
