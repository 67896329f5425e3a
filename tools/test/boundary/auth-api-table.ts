/** How the routes of Auth API are attacked from another contact centre. */
import { secondStepPaths } from '@gatehouse/contracts/auth-api';
import { type Ask, byPath, noPerson, type Table } from './table.ts';

const api = '/auth/v3';
const ops = `${api}/ops`;
const ourselves = 'describes the installation';
const installation = 'belongs to the installation: a contact centre is refused whatever it names';

/** The ways to name somebody to the help desk. */
const named: Ask[] = [
  { query: { user: '{sub}' } },
  { query: { user: '{userName}', contactCenter: '{contactCenterId}' } },
  { query: { user: '{domain}\\{userName}' } },
  { query: { user: '{userName}', contactCenter: '{ownId}' } },
];
const among = (fields: Record<string, string>): Ask[] =>
  named.map(({ query }) => ({ query: { ...query, ...fields } }));
const inJson = (fields: object = {}): Ask[] =>
  named.map(({ query }) => ({ json: { data: { ...query, ...fields } } }));

const endingOwn = (ask: Ask): Ask => ({ ...ask, endsOwn: true });

const grows = 'reading the own trail is written into it';

const administration: Table = {
  [`GET ${ops}/people`]: [
    { query: { contactCenter: '{contactCenterId}' } },
    { query: { contactCenter: '{domain}', search: '{userName}' } },
    { query: { contactCenter: '{ownId}', search: '{userName}' } },
  ],
  [`GET ${ops}/people/everywhere`]: [{ query: { search: '{userName}' } }],
  [`GET ${ops}/people/profile`]: named,
  [`GET ${ops}/environments/{id}/memberships`]: [{ path: { id: '{environmentId}' } }],
  [`POST ${ops}/contact-centers/{id}/factors/dry-run`]: [
    { json: { data: { secondFactor: { mode: 'required' } } } },
  ],
  [`GET ${ops}/people/explanation`]: [
    ...named,
    ...among({ correlationId: 'of-a-request' }),
    ...among({ client: 'no-such-client' }),
  ],
  [`DELETE ${ops}/people/delays`]: named,
  [`GET ${ops}/people/factors`]: named,
  [`POST ${ops}/people/factors/reset`]: inJson({ reason: 'taken' }).map(endingOwn),
  // By the sub and the own contact centre it is the person as the attacker's administrator knows them.
  [`POST ${ops}/people/factors/invitation`]: inJson({ reason: 'taken' }).map((ask, index) =>
    index === 0 || index === 3 ? { ...ask, mayDiffer: 'each invitation has another code' } : ask,
  ),
  [`DELETE ${ops}/people/factors/devices`]: [...named, ...among({ device: '{sid}' })],
  [`POST ${ops}/people/erasure`]: [
    { json: { data: { user: '{userName}', contactCenter: '{contactCenterId}' } } },
    { json: { data: { user: '{userName}', contactCenter: '{contactCenterId}', dryRun: true } } },
    {
      json: { data: { user: '{userName}', contactCenter: '{ownId}', dryRun: true } },
      mayDiffer: 'attempts under the name in the own trail are counted',
    },
  ],
  [`GET ${ops}/sessions`]: named,
  // Of both: all sessions are those that the person has in the contact centre of the attacker.
  [`DELETE ${ops}/sessions`]: [...named, ...among({ session: '{sid}' })].map(endingOwn),
  [`POST ${ops}/revocations`]: [
    ...inJson().map(endingOwn),
    { json: { data: { contactCenter: '{contactCenterId}' } } },
    { json: { data: { client: '{clientId}' } } },
    { json: { data: { client: '{clientId}', dryRun: true } } },
  ],
  [`GET ${ops}/refusals`]: [{ query: { clientId: '{clientId}' } }, { query: { unknownClients: 'true' } }, {}],
  [`GET ${ops}/audit`]: [
    { query: { user: '{userName}' } },
    { query: { user: '{sub}' } },
    { query: { contactCenter: '{contactCenterId}' } },
    { query: { client: '{clientId}' } },
    { query: { session: '{sid}' } },
    { query: { subs: '{sub}' } },
    { query: { actor: '{sub}' } },
  ],
  [`GET ${ops}/audit/export`]: [
    { query: { contactCenter: '{contactCenterId}' }, mayDiffer: grows },
    { mayDiffer: grows },
  ],
  [`GET ${ops}/overview`]: [{ query: { contactCenter: '{contactCenterId}' } }, {}],
  [`GET ${ops}/clients`]: [
    {},
    { query: { search: '{clientId}' } },
    { query: { contactCenter: '{contactCenterId}' } },
  ],
  [`PUT ${ops}/clients/{client_id}`]: [{ json: { data: { name: 'taken' } } }],
  [`POST ${ops}/clients`]: [
    { json: { data: { client_id: '{clientId}', authorizedGrantTypes: ['password'] } } },
  ],
  [`POST ${ops}/clients/dry-run`]: [
    { json: { data: { client_id: '{clientId}', authorizedGrantTypes: ['password'] } } },
  ],
  [`POST ${ops}/contact-centers/{id}/administrators`]: [
    { json: { data: { user: '{userName}', rights: ['auditor'] } } },
  ],
  [`PATCH ${ops}/contact-centers/{id}/administrators`]: [{ json: { data: { administratorsAppoint: true } } }],
  [`POST ${ops}/administrators`]: [{ json: { data: { user: '{sub}', contactCenter: '{contactCenterId}' } } }],
  [`POST ${ops}/audit/erase`]: [
    { json: { data: { user: '{sub}' } } },
    { json: { data: { user: '{userName}' } } },
  ],
  ...byPath(
    `GET ${ops}/administrators`,
    `DELETE ${ops}/administrators/{sub}`,
    `GET ${ops}/clients/{client_id}`,
    `DELETE ${ops}/clients/{client_id}`,
    `POST ${ops}/clients/{client_id}/rotate-secret`,
    `GET ${ops}/clients/{client_id}/exchanges`,
    `GET ${ops}/clients/{client_id}/diagnosis`,
    `POST ${ops}/contact-centers/{id}/sso-check`,
    `POST ${ops}/contact-centers/{id}/saml/dry-run`,
    `POST ${ops}/contact-centers/{id}/sso-trials`,
    `GET ${ops}/contact-centers/{id}/sso-trials/{result}`,
    `POST ${ops}/contact-centers/{id}/oidc/dry-run`,
    `GET ${ops}/contact-centers/{id}/factors`,
    `GET ${ops}/contact-centers/{id}/administrators`,
    `DELETE ${ops}/contact-centers/{id}/administrators/{sub}`,
    `GET ${ops}/signal-receivers`,
    `GET ${ops}/deleted-clients`,
    `GET ${ops}/deleted-clients/{id}`,
  ),
  [`POST ${ops}/deleted-clients/{id}/restore`]: [{ json: { data: {} } }],
  ...noPerson(
    installation,
    ...['POST', 'GET'].map((method) => `${method} ${ops}/signing-keys`),
    `POST ${ops}/signing-keys/rotate`,
    `POST ${ops}/signing-keys/{kid}/retire`,
    `DELETE ${ops}/signing-keys/{kid}`,
    `GET ${ops}/sso-keys`,
    `POST ${ops}/sso-keys/prepare`,
    `POST ${ops}/sso-keys/activate`,
    `POST ${ops}/signal-receivers`,
    ...['GET', 'PUT', 'DELETE'].map((method) => `${method} ${ops}/signal-receivers/{id}`),
    `POST ${ops}/signal-receivers/{id}/test`,
    `POST ${ops}/console-links`,
    `GET ${ops}/diagnosis`,
    `GET ${ops}/alerts`,
    `POST ${ops}/alerts/test`,
    `GET ${ops}/audit/verify`,
    `GET ${ops}/audit/retention`,
    `POST ${ops}/audit/retention/confirm`,
    `POST ${ops}/audit/reship`,
  ),
};

const texts = ['{accessToken}', '{refreshToken}', '{idToken}', '{code}'];
// At the other domain anybody may type, and is recorded there.
const signIns: Ask[] = [
  { json: { data: { username: '{userName}', password: 'a guess', tenant: '{ownDomain}' } } },
];

const publicCenters = 'a contact centre and its metadata are there for identity providers';
const publicIds = 'client ids are public';
const asked = {
  client_id: '{ownClientId}',
  redirect_uri: '{ownRedirectUri}',
  response_type: 'code',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};

const protocol: Table = {
  [`POST ${api}/oauth/token`]: 'is walked grant by grant',
  [`POST ${api}/oauth/introspect`]: texts.map((token) => ({ form: { token } })),
  [`POST ${api}/oauth/revoke`]: texts.map((token) => ({ form: { token } })),
  [`POST ${api}/oauth/device`]: [{ form: { client_id: '{clientId}', scope: 'openid' } }],
  [`POST ${api}/oauth/device/code`]: [
    {
      form: { user_code: '{userCode}' },
      mayDiffer: 'nobody is behind a code before somebody signs in for it',
    },
  ],
  [`POST ${api}/oauth/par`]: [
    { form: { client_id: '{clientId}', response_type: 'code', id_token_hint: '{idToken}' } },
  ],
  [`POST ${api}/oauth/backchannel`]: [
    { form: { scope: 'openid', login_hint: '{domain}\\{userName}' } },
    { form: { scope: 'openid', id_token_hint: '{idToken}' } },
  ],
  [`GET ${api}/oauth/authorize`]: [
    { query: { ...asked, prompt: 'none', id_token_hint: '{idToken}' } },
    { query: { ...asked, login_hint: '{domain}\\{userName}' } },
    { query: { ...asked, client_id: '{clientId}' }, mayDiffer: publicIds },
  ],
  [`POST ${api}/oauth/authorize`]: [
    { form: { ...asked, prompt: 'none', id_token_hint: '{idToken}' } },
    { form: { ...asked, client_id: '{clientId}', prompt: 'none' }, mayDiffer: publicIds },
  ],
  // A holder of an ID token may end its session: the attacker has one of the same subject.
  [`GET ${api}/oauth/logout`]: [{ query: { id_token_hint: '{ownIdToken}' }, endsOwn: true }],
  [`POST ${api}/oauth/logout`]: [{ form: { id_token_hint: '{ownIdToken}' }, endsOwn: true }],
  [`POST ${api}/oauth/consent`]: [
    { form: { interaction: '{sid}', client_id: '{clientId}', answer: 'allow' } },
  ],
  [`GET ${api}/oauth/convert-token`]: [{ query: { token: '{accessToken}' } }],
  [`POST ${api}/auth-scheme`]: [
    { json: { data: { tenant: '{ownDomain}', username: '{userName}' } } },
    { json: { data: { tenant: '{ownDomain}', userName: '{userName}' } } },
  ],
  [`POST ${api}/sign-in`]: signIns,
  [`POST ${api}/change-password`]: ['{domain}', '{ownDomain}'].map((tenant) => ({
    json: { data: { username: '{userName}', tenant, oldPassword: 'a guess', newPassword: 'a-new-password' } },
  })),
  [`GET ${api}/sign-out`]: [{ endsOwn: true }],
  [`POST ${api}/sign-out`]: [{ endsOwn: true, query: { global: 'true' } }, { endsOwn: true }],
  [`POST ${api}/approvals/answer`]: [
    { form: { approval: '{approvalId}', answer: 'approved', csrf: '{ownCsrf}' } },
  ],
  [`POST ${api}/approvals/user-code`]: [{ form: { userCode: 'code-of-a-stranger', csrf: '{ownCsrf}' } }],
  [`DELETE ${api}/sessions/{id}`]: [{ path: { id: '{sid}' } }],
  [`DELETE ${api}/consents/{client_id}`]: [
    {},
    { path: { client_id: '{wideClientId}' }, endsOwn: true, mayDiffer: 'people of both use this client' },
  ],
  ...byPath(
    `GET ${api}/sessions`,
    `GET ${api}/consents`,
    `GET ${api}/approvals`,
    `GET ${api}/ping`,
    `GET ${api}/userinfo`,
    `GET ${api}/jwt-userinfo`,
    `GET ${api}/openid/userinfo`,
    `POST ${api}/openid/userinfo`,
  ),
  [`GET ${api}/sso/start`]: [{ query: { tenant: '{domain}' } }],
  [`GET ${api}/sso/trial`]: [{ query: { ticket: 'ticket-that-nobody-has' } }],
  [`GET ${api}/sso/oidc/callback/{contactCenterId}/{place}`]: [{ query: { code: 'x', state: 'x' } }],
  [`POST ${api}/sso/oidc/callback/{contactCenterId}/{place}`]: [{ form: { code: 'x', state: 'x' } }],
  [`POST ${api}/sso/oidc/backchannel-logout`]: [{ form: { logout_token: '{idToken}' } }],
  [`GET ${api}/saml/{contactCenterId}/{place}/metadata`]: [{ mayDiffer: publicCenters }],
  ...byPath(`GET ${api}/sso/saml/finish`, `GET ${api}/sso/signed-out`),
  ...noPerson(
    'is the door of the identity provider: who comes without its signature is refused and recorded there',
    `POST ${api}/saml/{contactCenterId}/{place}/acs`,
    `GET ${api}/saml/{contactCenterId}/{place}/slo`,
    `POST ${api}/saml/{contactCenterId}/{place}/slo`,
  ),
  ...noPerson(
    'is about a client, and needs a token of the registration',
    `POST ${api}/oauth/register`,
    ...['GET', 'PUT', 'DELETE'].map((method) => `${method} ${api}/oauth/register/{client_id}`),
  ),
  ...noPerson(
    'goes on with the interaction of the browser cookie, which names its contact centre',
    `GET ${api}/oauth/authorize/resume`,
    `POST ${api}/oauth/authorize/cancel`,
    `POST ${api}/oauth/logout/confirm`,
  ),
  ...noPerson(
    'is about the person of the token alone: own-factors.test.ts tries the ids of others',
    `GET ${api}/factors`,
    ...['totp', 'totp/{id}/confirm', 'passkeys', 'passkeys/options', 'recovery-codes'].map(
      (path) => `POST ${api}/factors/${path}`,
    ),
    ...['totp', 'passkeys'].map((kind) => `PUT ${api}/factors/${kind}/{id}`),
    ...['totp/{id}', 'passkeys/{id}', 'devices', 'devices/{id}'].map(
      (path) => `DELETE ${api}/factors/${path}`,
    ),
  ),
  ...noPerson(
    'goes on with the sign-in that waits in this browser, or with the stored passkey, and each of them names its person',
    ...Object.values(secondStepPaths).map((path) => `POST ${path}`),
    `POST ${api}/passkey-sign-in`,
    `POST ${api}/passkey-sign-in/options`,
  ),
  ...noPerson(
    'needs the link of a people store, which serves one contact centre',
    `POST ${api}/first-password`,
  ),
};

/** Of the second listener, and of the public port for the release before: credentials of a service only. */
const internal: Table = {
  [`GET ${api}/internal/interactions/{id}`]: [{ path: { id: '{sid}' } }],
  [`POST ${api}/internal/interactions/{id}`]: [{ path: { id: '{sid}' } }],
  [`GET ${api}/internal/logouts/{id}`]: [{ path: { id: '{sid}' } }],
  [`POST ${api}/internal/introspect`]: texts.map((token) => ({ form: { token } })),
  [`POST ${api}/internal/administrator-places`]: [
    { json: { data: { contactCenterIds: ['{contactCenterId}'] } } },
  ],
  [`POST ${api}/internal/contact-center-ends`]: [
    { json: { data: { contactCenterId: '{contactCenterId}' } } },
  ],
  [`POST ${api}/internal/auth-scheme`]: [{ json: { data: { tenant: '{domain}', username: '{userName}' } } }],
  ...noPerson(
    'needs the link of a people store, which serves one contact centre',
    `POST ${api}/internal/first-password`,
  ),
  ...noPerson('needs the cookies of the browser in which a sign-in waits', `GET ${api}/internal/second-step`),
  ...noPerson(
    'belongs to the installation: Environment API has let its caller through',
    `GET ${api}/internal/documents`,
    `GET ${api}/internal/documents/managed`,
    `POST ${api}/internal/documents`,
  ),
  ...noPerson(ourselves, `GET ${api}/internal/branding`, `POST ${api}/internal/replicas`),
};

const described: Table = noPerson(
  ourselves,
  `GET ${api}/.well-known/openid-configuration`,
  `GET ${api}/.well-known/oauth-authorization-server`,
  `GET /.well-known/openid-configuration${api}`,
  `GET /.well-known/oauth-authorization-server${api}`,
  ...['openid/userinfo', 'userinfo', 'jwt-userinfo'].map(
    (path) => `GET /.well-known/oauth-protected-resource${api}/${path}`,
  ),
  `GET ${api}/openapi.json`,
  `GET ${api}/oauth/jwks`,
  `GET ${api}/sso/jwks`,
  `GET ${api}/branding/images/{digest}`,
);

export const authApiTable: Table = { ...administration, ...protocol, ...internal, ...described };
