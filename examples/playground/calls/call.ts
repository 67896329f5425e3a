/** Describes a request to the authorization server as data: it can be made, listed, and printed for three kinds of reader. */
import type { ProofKey } from './proof-key.ts';
import { type Credentials, clientSecret, type Secret } from './secret.ts';

export type Value = string | Secret;

/** The purpose of the call; OAuth libraries have a function for each. */
export type Kind =
  | 'code'
  | 'refresh'
  | 'own token'
  | 'exchange'
  | 'introspection'
  | 'userinfo'
  | 'pushed request'
  | 'device start'
  | 'device poll'
  | 'approval start'
  | 'approval poll'
  | 'keys';

export interface Call {
  kind: Kind;
  /** A few words for the list on the page. */
  what: string;
  method: 'GET' | 'POST';
  /** At the public host. */
  url: string;
  client: Credentials;
  /** A form post, which the client authenticates by HTTP Basic. */
  form?: Record<string, Value>;
  token?: { scheme: 'Bearer' | 'DPoP'; secret: Secret };
  /** A proof of this key comes along (RFC 9449). */
  key?: ProofKey;
  /** How the browser came back, which libraries check before they redeem the code. */
  arrival?: { address: string; query: Record<string, Value>; state: Secret; nonce: Secret };
}

export interface RecordedCall {
  call: Call;
  /** 0: no answer. Undefined: not made yet. */
  status: number | undefined;
  durationMs: number;
  answer: Record<string, unknown> | undefined;
  /** How often in a row it was made. */
  times: number;
}

/** Every variable that the printed forms of the call name. */
export function variablesOf(call: Call): Secret[] {
  const { client, form, token, key, arrival } = call;
  const all = [
    ...(form ? [clientSecret(client)] : []),
    ...(token ? [token.secret] : []),
    ...[form, arrival?.query].flatMap((values) => Object.values(values ?? {})),
    ...(arrival ? [arrival.state, arrival.nonce] : []),
    ...(key ? [key.secret] : []),
  ].filter((value) => typeof value !== 'string');
  return [...new Map(all.map((one) => [one.variable, one])).values()];
}
