/** Gets tokens as an application does: by a code that the browser of a person brings back, with PKCE. */
import { basicAuthorization } from '@gatehouse/api-client/http';
import { challenge, verifier } from '../../../auth-api/test/stack/oauth.ts';
import type { Operator } from './operator.ts';

interface Application {
  id: string;
  /** A page in the browser has none. */
  secret?: string;
  redirectUri: string;
}

/** `signIn`: of the person, at the pages that an address leads to. */
export async function tokensByCode(
  publicUrl: string,
  { page }: Pick<Operator, 'page'>,
  { id, secret, redirectUri }: Application,
  signIn: (path: string) => Promise<void>,
): Promise<Record<string, unknown>> {
  const asked = new URLSearchParams({
    ...{ response_type: 'code', client_id: id, redirect_uri: redirectUri, scope: 'openid' },
    ...{ code_challenge: challenge, code_challenge_method: 'S256' },
  });
  // Nobody answers at the address of the application: what the browser is sent there with is enough.
  const [returned] = await Promise.all([
    page.waitForRequest((request) => request.url().startsWith(redirectUri)),
    signIn(`/auth/v3/oauth/authorize?${asked}`),
  ]);
  const code = new URL(returned.url()).searchParams.get('code') ?? '';
  const answer = await fetch(`${publicUrl}/auth/v3/oauth/token`, {
    method: 'POST',
    headers: secret === undefined ? {} : { authorization: basicAuthorization(id, secret) },
    body: new URLSearchParams({
      ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier },
      ...(secret === undefined && { client_id: id }),
    }),
  });
  return (await answer.json()) as Record<string, unknown>;
}
