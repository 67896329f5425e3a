/** An application that asks a person who is elsewhere for approval (OpenID CIBA). */
import { watchSecret } from '@gatehouse/testing/secrets';
import type { StackDescription } from '../../stack/state/stack-file.ts';
import { basic } from './calls.ts';

const grantType = 'urn:openid:params:grant-type:ciba';

export async function startAsker({ publicUrl, ops }: StackDescription) {
  const send = async (path: string, body: string, account: Parameters<typeof basic>[0], type: string) => {
    const answer = await fetch(`${publicUrl}/auth/v3${path}`, {
      method: 'POST',
      headers: { authorization: basic(account), 'content-type': type },
      body,
    });
    return (await answer.json()) as Record<string, string>;
  };
  const data = { name: 'Call Desk', authorizedGrantTypes: [grantType] };
  const created = await send('/ops/clients', JSON.stringify({ data }), ops, 'application/json');
  const { client_id, client_secret } = created['data'] as unknown as Record<string, string>;
  const account = { username: client_id ?? '', password: client_secret ?? '' };
  watchSecret(account.password, 'client secret');
  const form = 'application/x-www-form-urlencoded';
  let authReqId = '';
  return {
    async ask(loginHint: string, message: string): Promise<void> {
      const fields = { scope: 'openid', login_hint: loginHint, binding_message: message };
      const answer = await send('/oauth/backchannel', `${new URLSearchParams(fields)}`, account, form);
      if (answer['auth_req_id'] === undefined) throw new Error(`not asked: ${JSON.stringify(answer)}`);
      authReqId = answer['auth_req_id'];
    },
    /** Tokens, or why there are none. */
    poll: () =>
      send(
        '/oauth/token',
        `${new URLSearchParams({ grant_type: grantType, auth_req_id: authReqId })}`,
        account,
        form,
      ),
  };
}
