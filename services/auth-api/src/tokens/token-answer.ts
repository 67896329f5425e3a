/** Builds the answer of the token endpoint for an access token (RFC 6749 section 5.1). */
import { type AccessTokenRecord, tokenTypeOf } from './access-token.ts';

export interface TokenAnswer {
  access_token: string;
  /** `N_A` if what was issued is no access token (RFC 8693 section 2.2.1). */
  token_type: 'bearer' | 'DPoP' | 'N_A';
  expires_in: number;
  scope: string;
  refresh_token?: string | undefined;
  id_token?: string | undefined;
  /** RFC 8693 section 2.2.1. */
  issued_token_type?: string | undefined;
}

export function tokenAnswer(
  accessToken: string,
  {
    issuedAtMs,
    expiresAtMs,
    scope,
    cnf,
  }: Pick<AccessTokenRecord, 'issuedAtMs' | 'expiresAtMs' | 'scope' | 'cnf'>,
): TokenAnswer {
  return {
    access_token: accessToken,
    token_type: tokenTypeOf(cnf),
    expires_in: Math.floor((expiresAtMs - issuedAtMs) / 1000),
    scope: scope.join(' '),
  };
}
