/** An issuer of assertions that a client of the second contact centre registered for it, and that claims to speak of anybody. */

import { createClient } from '../../../services/auth-api/test/stack/oauth.ts';
import { assertionClaims, createClientKey } from '../../../services/auth-api/test/stack/signing-client.ts';
import type { Stage } from '../../../services/auth-ui/test/console/stage.ts';
import type { Estate } from './estate.ts';

const issuer = 'https://idp.other.test';

export async function createAsserter(stage: Stage, { attacker }: Estate) {
  const key = await createClientKey();
  const client = await createClient(stage.authApi, {
    authorizedGrantTypes: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
    contactCenterIds: [attacker.id],
    jwtBearer: { issuers: [{ issuer, jwks: { keys: [key.publicJwk] }, contactCenterIds: [attacker.id] }] },
  });
  const aud = `${stage.publicUrl}/auth/v3`;
  return {
    client,
    about: (userName: string) => key.sign(assertionClaims(userName, { iss: issuer, aud }, Date.now())),
  };
}
