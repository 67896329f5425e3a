/** Checks what the registration of a client lacks for its flow, each check with what would be right. */
import { type Probe, type Verdict, worst } from '@gatehouse/service-kit/health';
import { encryptionKeyIn, noKeyFor } from '../../core/assertions/encryption.ts';
import type { KeySets } from '../../core/assertions/key-sets.ts';
import { openidScope } from '../../core/protocol/parameters.ts';
import { coverageOf, isLoopbackUri } from '../../core/protocol/redirect-uri.ts';
import { type Client, encryptedAnswers, followsFapi, usesSecret } from '../../registry/clients/client.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { failed, ok, unneeded, warning } from './verdicts.ts';

export interface ClientChecksOptions {
  keySets: Pick<KeySets, 'of'>;
  contactCenters: Pick<ContactCenterService, 'find'>;
}

export function clientChecks(client: Client, { keySets, contactCenters }: ClientChecksOptions): Probe[] {
  return [
    { name: 'authentication', run: async () => authenticationVerdict(client) },
    { name: 'key set', run: () => keyVerdict(client, keySets) },
    { name: 'grant types', run: async () => grantVerdict(client) },
    { name: 'redirect URIs', run: async () => redirectVerdict(client) },
    { name: 'PKCE', run: async () => pkceVerdict(client) },
    { name: 'scope', run: async () => scopeVerdict(client) },
    { name: 'authorities', run: async () => authorityVerdict(client) },
    { name: 'contact centres', run: () => placeVerdict(client, contactCenters) },
    { name: 'logout', run: async () => logoutVerdict(client) },
  ];
}

const redirects = ({ grantTypes }: Client) =>
  grantTypes.includes('authorization_code') || grantTypes.includes('implicit');

function authenticationVerdict(client: Client): Verdict {
  const { clientType, tokenEndpointAuthMethod: method, secrets } = client;
  if (clientType === 'PUBLIC') return ok('PUBLIC: it sends its client_id and no secret.');
  if (method === 'private_key_jwt') return ok('private_key_jwt: it signs assertions and has no secret.');
  if (usesSecret(client) && secrets.length === 0)
    return failed('It has no secret: gatehouse clients rotate-secret makes one.');
  return ok(`It sends its secret by ${method ?? 'client_secret_basic or client_secret_post'}.`);
}

async function keyVerdict(client: Client, keySets: ClientChecksOptions['keySets']): Promise<Verdict> {
  const isNeeded = client.tokenEndpointAuthMethod === 'private_key_jwt' || client.requireSignedRequestObject;
  const keySet = keySets.of(client);
  if (keySet === undefined)
    return isNeeded
      ? failed('It must sign and has no keys: set jwks or jwksUri.')
      : unneeded('It has no keys.');
  try {
    const { keys } = (await keySet.current()).jwks();
    const [weakness] = keySet.weaknesses();
    if (weakness !== undefined) return failed(`It is not used: ${weakness}.`);
    for (const name of encryptedAnswers) {
      const alg = client[`${name}Alg`];
      if (alg !== undefined && encryptionKeyIn(keys, alg) === undefined)
        return failed(`${name}Alg cannot be followed: ${noKeyFor(alg)}.`);
    }
    const signing = keys.filter(({ use = 'sig' }) => use === 'sig');
    const ids = signing.map(({ kid = 'without kid', alg, kty }) => `${kid} (${alg ?? kty})`).join(', ');
    if (signing.length > 0) return ok(`It signs with ${ids}.`);
    return isNeeded
      ? failed('The key set has no key for signatures.')
      : ok('The key set has no key for signatures.');
  } catch (error) {
    const { message, cause } = error as Error;
    return failed(`${client.jwksUri}: ${message}${cause instanceof Error ? `: ${cause.message}` : ''}.`);
  }
}

function grantVerdict({ grantTypes, responseTypes, tokenExchange, jwtBearer }: Client): Verdict {
  if (grantTypes.length === 0) return failed('It has no grant type: set authorizedGrantTypes.');
  const has = (name: string) => grantTypes.some((grantType) => grantType.endsWith(name));
  const verdicts = [
    has('authorization_code') && !responseTypes.some((type) => type.startsWith('code'))
      ? failed('authorization_code needs code in responseTypes.')
      : undefined,
    has('implicit') && !responseTypes.some((type) => !type.startsWith('code') || type.includes(' '))
      ? warning('implicit has no response type: set responseTypes, or take the grant away.')
      : undefined,
    has('authorization_code') && !has('refresh_token')
      ? warning('Without refresh_token its users sign in again when the access token expires.')
      : undefined,
    has(':token-exchange') && tokenExchange.subjectClients.length === 0
      ? failed('token-exchange refuses every token: set tokenExchange.subjectClients.')
      : undefined,
    has(':jwt-bearer') && jwtBearer.issuers.length === 0
      ? warning('jwt-bearer takes converted tokens only: other assertions need jwtBearer.issuers.')
      : undefined,
  ];
  return worst(
    verdicts.filter((verdict) => verdict !== undefined),
    `${grantTypes.join(', ')}.`,
  );
}

function redirectVerdict(client: Client): Verdict {
  const { redirectUris } = client;
  if (!redirects(client)) return unneeded('Its grant types redirect no browser.');
  if (redirectUris.length === 0) return failed('It has none, so every sign-in is refused: set redirectURIs.');
  const plain = redirectUris.filter((uri) => /^http:/i.test(uri) && !isLoopbackUri(uri));
  if (plain.length > 0) return warning(`Codes travel unencrypted to ${plain.join(', ')}: use https.`);
  const covered = redirectUris.map((uri) => ({ uri, ...coverageOf(client, uri) }));
  const texts = covered.map(({ uri, below, anyPort }) =>
    [uri, below && `all that begins with ${below}`, anyPort ? 'the same on any port' : '']
      .filter(Boolean)
      .join(', '),
  );
  const accepted = `Accepted: ${texts.join('; ')}.`;
  if (covered.every(({ below }) => below === undefined)) return ok(accepted);
  return warning(`${accepted} redirectMatching exact is safer.`);
}

function pkceVerdict(client: Client): Verdict {
  if (!client.grantTypes.includes('authorization_code')) return unneeded('It gets no codes.');
  if (client.clientType === 'PUBLIC' || client.requirePkce || followsFapi(client))
    return ok('It must send a code_challenge of S256.');
  return warning('Codes are accepted without PKCE: set requirePkce once the application sends it.');
}

function scopeVerdict(client: Client): Verdict {
  const { scope } = client;
  if (redirects(client) && !scope.includes('*') && !scope.includes(openidScope))
    return warning('Without the scope openid it gets no ID token and no UserInfo.');
  return ok(`${scope.join(' ')}.`);
}

function authorityVerdict({ grantTypes, authorities }: Client): Verdict {
  if (!grantTypes.includes('client_credentials')) return unneeded('It gets no tokens of its own.');
  if (authorities.length > 0) return ok(`${authorities.join(', ')}.`);
  return ok('Its own tokens carry none: APIs that ask for a role refuse them.');
}

async function placeVerdict(
  { contactCenterIds }: Client,
  contactCenters: ClientChecksOptions['contactCenters'],
): Promise<Verdict> {
  if (contactCenterIds.length === 0) return ok('It serves all of them.');
  const found = await Promise.all(
    contactCenterIds.map(async (id) => ({ id, place: await contactCenters.find(id) })),
  );
  const away = found.filter(({ place }) => place?.status !== 'active').map(({ id }) => id);
  if (away.length === 0) return ok(`It serves ${contactCenterIds.join(', ')}.`);
  const problem = `Nobody can sign in to ${away.join(', ')}: missing or disabled.`;
  return away.length === found.length ? failed(problem) : warning(problem);
}

function logoutVerdict(client: Client): Verdict {
  const { postLogoutRedirectUris, backchannelLogoutUri, frontchannelLogoutUri } = client;
  if (!redirects(client)) return unneeded('Its grant types redirect no browser.');
  return worst(
    [
      postLogoutRedirectUris.length === 0
        ? warning('After a logout its users stay on our page: set postLogoutRedirectURIs.')
        : ok(''),
      backchannelLogoutUri === undefined && frontchannelLogoutUri === undefined
        ? warning('It is not told that a session has ended: set backchannelLogoutUri.')
        : ok(''),
    ],
    'Users come back after a logout, and it is told when a session ends.',
  );
}
