/** The access token of a client that asks for itself (RFC 6749 section 4.4). */
import { z } from 'zod';
import type { HttpClient } from '../http-client.ts';

const tokenAnswer = z.object({ access_token: z.string(), token_type: z.string(), expires_in: z.number() });

/** `http` authenticates with the client's secret. For programs that run shorter than a token lives: it is asked for once. */
export function createClientToken(http: HttpClient): () => Promise<string> {
  let token: Promise<string> | undefined;
  return () => {
    token ??= http
      .read(tokenAnswer, {
        method: 'POST',
        path: '/auth/v3/oauth/token',
        form: { grant_type: 'client_credentials' },
      })
      .then((answer) => answer.access_token);
    return token;
  };
}
