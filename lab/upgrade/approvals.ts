/** Asks people for an approval at one replica (OpenID CIBA), lets them answer at another, and keeps their codes. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Browser } from '../harness/browser.ts';
import { clients, credentialsOf } from './estate.ts';
import { right, type Side, text } from './exchanges/exchange.ts';

interface Waiting {
  csrf: string;
  data: { id: string; bindingMessage?: string }[];
  hasUserCode: boolean;
}

/** @param hint `login_hint` or `id_token_hint`, and perhaps `user_code`. The id, or the error */
export async function ask(
  { http }: Side,
  client: 'call' | 'desk',
  hint: Record<string, string>,
  message: string,
): Promise<string> {
  const { body } = await http('/auth/v3/oauth/backchannel', {
    authorization: credentialsOf(clients[client].client_id),
    form: { scope: 'openid', binding_message: message, ...hint },
  });
  return String(body?.['auth_req_id'] ?? body?.['error']);
}

export async function waitingAt({ addresses }: Side, browser: Browser): Promise<Waiting> {
  const { status, text: body } = await browser.ask(addresses, '/auth/v3/approvals');
  if (status !== 200) throw new Error(`the approvals were answered ${status}`);
  return JSON.parse(body) as Waiting;
}

/** Approves the request with this message. Gives what the page is told. */
export async function approve(at: Side, browser: Browser, message: string): Promise<string> {
  const { csrf, data } = await waitingAt(at, browser);
  const approval = data.find(({ bindingMessage }) => bindingMessage === message)?.id;
  if (approval === undefined) return 'not shown';
  const form = { approval, csrf, answer: 'approved' };
  return resultOf(await browser.ask(at.addresses, '/auth/v3/approvals/answer', form));
}

export async function keepUserCode(at: Side, browser: Browser, userCode: string): Promise<string> {
  const { csrf } = await waitingAt(at, browser);
  const form = { userCode, csrf };
  return resultOf(await browser.ask(at.addresses, '/auth/v3/approvals/user-code', form));
}

/** The person whom the tokens are of. Waits as long as the server demands between two questions. */
export async function poll({ http }: Side, authReqId: string): Promise<string> {
  const authorization = credentialsOf(clients.call.client_id);
  const form = { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: authReqId };
  for (let tries = 0; ; tries += 1) {
    const answer = await http('/auth/v3/oauth/token', { authorization, form });
    const isEarly = ['slow_down', 'authorization_pending'].includes(String(answer.body?.['error']));
    if (!isEarly || tries === 2) return text(right(answer)['id_token']);
    await wait(6_000);
  }
}

function resultOf({ status, location }: { status: number; location: string | undefined }): string {
  if (location === undefined) return String(status);
  return new URL(location, 'http://localhost').searchParams.get('result') ?? location;
}
