/** Follows a request that a person answers elsewhere: asks for its tokens until there is an end. */
import type { Call, RecordedCall } from '../calls/call.ts';
import type { Caller } from '../calls/make.ts';
import type { Polled } from '../visit.ts';

export function startPolling({
  expires_in,
  interval = 5,
}: {
  expires_in?: unknown;
  interval?: unknown;
}): Polled {
  return {
    state: 'waiting',
    intervalSeconds: Number(interval),
    expiresAtMs: Date.now() + Number(expires_in) * 1000,
    answers: [],
  };
}

/** Asks once (RFC 8628 section 3.5, CIBA section 11). */
export async function poll(polled: Polled, caller: Caller, calls: RecordedCall[], call: Call): Promise<void> {
  if (polled.state !== 'waiting') return;
  const { status, answer } = await caller.try(calls, call);
  const name = status === 200 ? 'tokens' : String(answer['error']);
  const last = polled.answers.at(-1);
  if (last?.name === name) last.times++;
  else polled.answers.push({ name, times: 1 });
  if (name === 'slow_down') polled.intervalSeconds += 5;
  if (name === 'authorization_pending' || name === 'slow_down') return;
  polled.state = name === 'tokens' ? 'done' : name;
  const [, payload] = String(answer['id_token'] ?? '').split('.');
  if (payload) polled.claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  polled.scope = answer['scope'] as string | undefined;
}
