/** The realm of the bench, as Keycloak imports it: one person, and a client for each algorithm. */

export const realmName = 'bench';
export const rs256Client = 'bench';
export const es256Client = 'bench-es256';
export const secret = 'a-secret-of-the-bench-with-256-bits-or-so-xx';
export const redirectUri = 'https://bench.test/callback';

const dayOfWorkSeconds = 43_200;

export function benchRealm(user: { name: string; password: string }) {
  return {
    realm: realmName,
    enabled: true,
    sslRequired: 'none',
    accessTokenLifespan: dayOfWorkSeconds,
    ssoSessionIdleTimeout: dayOfWorkSeconds,
    ssoSessionMaxLifespan: dayOfWorkSeconds,
    // A refresh token is used once, as everywhere in this comparison.
    revokeRefreshToken: true,
    refreshTokenMaxReuse: 0,
    bruteForceProtected: true,
    // The others leave an event of a login and of a code, none of a token for a client.
    eventsEnabled: true,
    enabledEventTypes: ['LOGIN', 'CODE_TO_TOKEN'],
    // In this comparison a password hash costs nothing anywhere: it would be most of a login.
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
    users: [
      {
        username: user.name,
        enabled: true,
        email: 'person@bench.test',
        emailVerified: true,
        firstName: 'Bench',
        lastName: 'Person',
        credentials: [{ type: 'password', value: user.password }],
      },
    ],
    clients: [client(rs256Client, 'RS256'), client(es256Client, 'ES256')],
  };
}

/** Few claims, as in the tokens of the others. */
function client(clientId: string, algorithm: string) {
  return {
    clientId,
    secret,
    protocol: 'openid-connect',
    publicClient: false,
    serviceAccountsEnabled: true,
    directAccessGrantsEnabled: true,
    redirectUris: [redirectUri],
    fullScopeAllowed: false,
    defaultClientScopes: ['basic'],
    attributes: { 'access.token.signed.response.alg': algorithm },
  };
}
