/** Checks what the registration of a client lacks for its flow, each check with what would be right. */
import { type Probe, type Verdict, worst } from '@gatehouse/service-kit/health';
import { say } from '@gatehouse/service-kit/sentences';
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

const listed = (values: readonly string[]) => say('client.listed', { values: [...values] });
const redirects = ({ grantTypes }: Client) =>
  grantTypes.includes('authorization_code') || grantTypes.includes('implicit');

function authenticationVerdict(client: Client): Verdict {
  const { clientType, tokenEndpointAuthMethod: method, secrets } = client;
  if (clientType === 'PUBLIC') return ok(say('client.authentication.public'));
  if (method === 'private_key_jwt') return ok(say('client.authentication.signs'));
  if (usesSecret(client) && secrets.length === 0)
    return failed(
      say('client.authentication.noSecret'),
      say('command', { command: `gatehouse clients rotate-secret ${client.clientId}` }),
    );
  return ok(
    method === undefined
      ? say('client.authentication.secretByEither')
      : say('client.authentication.secret', { method }),
  );
}

async function keyVerdict(client: Client, keySets: ClientChecksOptions['keySets']): Promise<Verdict> {
  const isNeeded = client.tokenEndpointAuthMethod === 'private_key_jwt' || client.requireSignedRequestObject;
  const keySet = keySets.of(client);
  if (keySet === undefined)
    return isNeeded ? failed(say('client.keys.missing')) : unneeded(say('client.keys.none'));
  try {
    const { keys } = (await keySet.current()).jwks();
    const [weakness] = keySet.weaknesses();
    if (weakness !== undefined) return failed(say('client.keys.notUsed', { problem: weakness }));
    for (const name of encryptedAnswers) {
      const alg = client[`${name}Alg`];
      if (alg !== undefined && encryptionKeyIn(keys, alg) === undefined)
        return failed(say('client.keys.cannotEncrypt', { field: `${name}Alg`, problem: noKeyFor(alg) }));
    }
    const signing = keys.filter(({ use = 'sig' }) => use === 'sig');
    const ids = signing.map(({ kid = 'without kid', alg, kty }) => `${kid} (${alg ?? kty})`);
    if (signing.length > 0) return ok(say('client.keys.signs', { keys: ids }));
    return isNeeded ? failed(say('client.keys.noneSigns')) : ok(say('client.keys.noneSigns'));
  } catch (error) {
    const { message, cause } = error as Error;
    const problem = cause instanceof Error ? `${message}: ${cause.message}` : message;
    return failed(say('client.keys.unreadable', { uri: client.jwksUri ?? 'jwks', problem }));
  }
}

function grantVerdict({ grantTypes, responseTypes, tokenExchange, jwtBearer }: Client): Verdict {
  if (grantTypes.length === 0) return failed(say('client.grants.none'));
  const has = (name: string) => grantTypes.some((grantType) => grantType.endsWith(name));
  const verdicts = [
    has('authorization_code') && !responseTypes.some((type) => type.startsWith('code'))
      ? failed(say('client.grants.noCode'))
      : undefined,
    has('implicit') && !responseTypes.some((type) => !type.startsWith('code') || type.includes(' '))
      ? warning(say('client.grants.implicit'))
      : undefined,
    has('authorization_code') && !has('refresh_token') ? warning(say('client.grants.noRefresh')) : undefined,
    has(':token-exchange') && tokenExchange.subjectClients.length === 0
      ? failed(say('client.grants.noSubjects'))
      : undefined,
    has(':jwt-bearer') && jwtBearer.issuers.length === 0
      ? warning(say('client.grants.noIssuers'))
      : undefined,
  ];
  return worst(
    verdicts.filter((verdict) => verdict !== undefined),
    listed(grantTypes),
  );
}

function redirectVerdict(client: Client): Verdict {
  const { redirectUris } = client;
  if (!redirects(client)) return unneeded(say('client.noBrowser'));
  if (redirectUris.length === 0) return failed(say('client.redirects.none'));
  const plain = redirectUris.filter((uri) => /^http:/i.test(uri) && !isLoopbackUri(uri));
  if (plain.length > 0) return warning(say('client.redirects.plain', { uris: plain }));
  const covered = redirectUris.map((uri) => ({ uri, ...coverageOf(client, uri) }));
  const accepted = covered.map(({ uri, below, anyPort }) => {
    if (below === undefined)
      return say(anyPort ? 'client.redirects.anyPort' : 'client.redirects.exact', { uri });
    return say(anyPort ? 'client.redirects.anyPortAndBelow' : 'client.redirects.below', { uri, below });
  });
  if (covered.every(({ below }) => below === undefined)) return ok(...accepted);
  return warning(...accepted, say('client.redirects.exactIsSafer'));
}

function pkceVerdict(client: Client): Verdict {
  if (!client.grantTypes.includes('authorization_code')) return unneeded(say('client.pkce.noCodes'));
  if (client.clientType === 'PUBLIC' || client.requirePkce || followsFapi(client))
    return ok(say('client.pkce.required'));
  return warning(say('client.pkce.optional'));
}

function scopeVerdict(client: Client): Verdict {
  const { scope } = client;
  if (redirects(client) && !scope.includes('*') && !scope.includes(openidScope))
    return warning(say('client.scope.noOpenid'));
  return ok(listed(scope));
}

function authorityVerdict({ grantTypes, authorities }: Client): Verdict {
  if (!grantTypes.includes('client_credentials')) return unneeded(say('client.authorities.noTokens'));
  if (authorities.length > 0) return ok(listed(authorities));
  return ok(say('client.authorities.none'));
}

async function placeVerdict(
  { contactCenterIds }: Client,
  contactCenters: ClientChecksOptions['contactCenters'],
): Promise<Verdict> {
  if (contactCenterIds.length === 0) return ok(say('client.places.all'));
  const found = await Promise.all(
    contactCenterIds.map(async (id) => ({ id, place: await contactCenters.find(id) })),
  );
  const away = found.filter(({ place }) => place?.status !== 'active').map(({ id }) => id);
  if (away.length === 0) return ok(say('client.places.some', { ids: [...contactCenterIds] }));
  const problem = say('client.places.away', { ids: away });
  return away.length === found.length ? failed(problem) : warning(problem);
}

function logoutVerdict(client: Client): Verdict {
  const { postLogoutRedirectUris, backchannelLogoutUri, frontchannelLogoutUri } = client;
  if (!redirects(client)) return unneeded(say('client.noBrowser'));
  return worst(
    [
      postLogoutRedirectUris.length === 0 ? warning(say('client.logout.noReturn')) : undefined,
      backchannelLogoutUri === undefined && frontchannelLogoutUri === undefined
        ? warning(say('client.logout.notTold'))
        : undefined,
    ].filter((verdict) => verdict !== undefined),
    say('client.logout.fine'),
  );
}
