/** Makes access tokens in the format of their client. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken, randomUuid, uuidOf } from '@gatehouse/service-kit/random';
import type { Client } from '../clients/client.ts';
import type { AccessTokenRecord } from './access-token.ts';
import type { AccessTokenStore } from './access-token-store.ts';
import { type JwtAccessTokens, newTokenId, tokenIdOf } from './jwt-access-token.ts';

export interface AccessTokenMint {
  /** What is random about a new token, made before anything is decided: an opaque token as it is, the `jti` of a JWT. */
  newHandle(client: Client): string;
  /** The same of 256 random bits that are there already: a token that is made again is the same. */
  handleOf(client: Client, random: Buffer, issuedAtMs: number): string;
  /** The token as its bearer gets it. */
  textOf(client: Client, handle: string, record: AccessTokenRecord): Promise<string>;
  /** Keeps what validation needs; of a JWT that is nothing. `again`: what is there already stays. */
  keep(client: Client, token: string, record: AccessTokenRecord, again?: boolean): Promise<void>;
  /** The same for a token that ends with any of those that it was made from. */
  keepDerived(client: Client, token: Derived, parents: readonly string[]): Promise<void>;
}

export interface Derived {
  handle: string;
  text: string;
  record: AccessTokenRecord;
}

export interface AccessTokenMintOptions {
  store: AccessTokenStore;
  jwts: JwtAccessTokens;
  now: Clock;
  /** Compat: UUIDs, as existing resource servers expect them; a client may say otherwise. */
  uuidTokens: boolean;
}

export function createAccessTokenMint(options: AccessTokenMintOptions): AccessTokenMint {
  const { store, jwts, now, uuidTokens } = options;

  return {
    newHandle({ accessTokenFormat, uuidAccessTokens = uuidTokens }) {
      if (accessTokenFormat === 'jwt') return newTokenId(now());
      return uuidAccessTokens ? randomUuid() : randomToken();
    },
    handleOf({ accessTokenFormat, uuidAccessTokens = uuidTokens }, random, issuedAtMs) {
      if (accessTokenFormat === 'jwt') return tokenIdOf(issuedAtMs, random);
      return uuidAccessTokens ? uuidOf(random) : random.toString('base64url');
    },
    textOf: async ({ accessTokenFormat, accessTokenSignedResponseAlg }, handle, record) =>
      accessTokenFormat === 'jwt' ? jwts.sign(handle, record, accessTokenSignedResponseAlg) : handle,
    async keep(client, token, record, again = false) {
      if (client.accessTokenFormat === 'jwt') return;
      await (again ? store.saveOnce(token, record) : store.save(token, record));
    },
    async keepDerived(client, { handle, text, record }, parents) {
      if (client.accessTokenFormat === 'jwt') await store.noteDerivedJwt(handle, record, parents);
      else await store.saveDerived(text, record, parents);
    },
  };
}
