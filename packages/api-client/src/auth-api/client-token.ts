/** Fetches the access token of a client that asks for itself (RFC 6749 section 4.4). */
import { z } from 'zod';
import type { HttpClient } from '../http/http-client.ts';

const tokenAnswer = z.object({ access_token: z.string(), token_type: z.string(), expires_in: z.number() });

/** Asks once, for programs that end before the token expires. `http` authenticates with the client's secret. */
export function createClientToken(http: HttpClient): () => Promise<string> {
  let token: Promise<string> | undefined;

  async function fetchToken(): Promise<string> {
    const answer = await http.read(tokenAnswer, {
      path: '/auth/v3/oauth/token',
      form: { grant_type: 'client_credentials' },
    });
    return answer.access_token;
  }

  return () => {
    token ??= fetchToken();
    return token;
  };
}
