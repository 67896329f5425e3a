/** Reads the claims of a provider's UserInfo endpoint (Core section 5.3) in addition to those of the ID token. */
import * as openid from 'openid-client';
import { asSsoError } from './answer-error.ts';

/** @throws SsoError */
export async function withUserInfo(
  configuration: openid.Configuration,
  accessToken: string,
  idClaims: openid.IDToken,
): Promise<openid.IDToken> {
  const userInfo = await fetchUserInfo(configuration, accessToken, idClaims.sub);
  // The ID token counts before UserInfo, but each of them verifies no address but its own.
  const verifying = userInfo.email === idClaims['email'] ? { ...userInfo, ...idClaims } : idClaims;
  const { email, email_verified } = idClaims['email'] === undefined ? userInfo : verifying;
  return { ...userInfo, ...idClaims, email, email_verified };
}

async function fetchUserInfo(configuration: openid.Configuration, accessToken: string, sub: string) {
  try {
    // Core section 5.3.2: of another subject it counts for nothing.
    return await openid.fetchUserInfo(holdingToSignatures(configuration), accessToken, sub);
  } catch (error) {
    throw asSsoError(error);
  }
}

/** For UserInfo that comes signed: for each such answer the library reads the keys. */
function holdingToSignatures(known: openid.Configuration): openid.Configuration {
  const { client_id: clientId } = known.clientMetadata();
  const configuration = new openid.Configuration(known.serverMetadata(), clientId);
  const fetch = known[openid.customFetch];
  if (fetch !== undefined) configuration[openid.customFetch] = fetch;
  openid.allowInsecureRequests(configuration);
  openid.enableNonRepudiationChecks(configuration);
  return configuration;
}
