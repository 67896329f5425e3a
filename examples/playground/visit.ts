/** Remembers for each browser its tokens and how far each flow is. */
import type { Call, RecordedCall } from './calls/call.ts';
import type { ProofKey } from './calls/proof-key.ts';

export interface Tokens {
  accessToken: string;
  refreshToken: string | undefined;
  idToken: string;
  scope: string[];
  expiresAtMs: number;
}

export interface Exchanged {
  accessToken: string;
  scope: string[];
  audience: string[];
  expiresAtMs: number;
  subject: string;
}

/** A token of the chain, as introspection describes it. */
export interface Link {
  holder: string;
  audience: string[];
  scope: string[];
  subject: string;
  act: Actor | undefined;
  expiresAtMs: number;
}

export interface Actor {
  sub: string;
  act?: Actor;
}

/** Values that must be kept until the browser comes back. */
export interface CodeRequest {
  state: string;
  nonce: string;
  verifier: string;
  redirectUri: string;
}

export interface BoundSignIn {
  key: ProofKey;
  /** Until the browser is back. */
  request?: CodeRequest;
  token?: { value: string; type: string; boundTo: string; proof: string };
  /** The answers that the thief got. */
  refusals: { attempt: string; status: number; error: string }[];
}

export interface SignedResponse {
  request: CodeRequest;
  response?: string;
  claims?: Record<string, unknown>;
  checks: { text: string; detail: string }[];
  /** Ready to be made, here or by a copy. */
  redeem?: Call;
  claimsOfIdToken?: Record<string, unknown>;
}

export interface Polled {
  /** `waiting` for the person, `done`, or the error that ended it. */
  state: string;
  intervalSeconds: number;
  expiresAtMs: number;
  /** The answers, each with how often it came in a row. */
  answers: { name: string; times: number }[];
  claims?: Record<string, unknown> | undefined;
  scope?: string | undefined;
}

export interface DeviceSignIn extends Polled {
  deviceCode: string;
  userCode: string;
  address: string;
  /** With the code in it: a device shows it as a picture. */
  completeAddress: string;
}

export interface Approval extends Polled {
  requestId: string;
  loginHint: string;
  /** The person compares it with what their page shows. */
  message: string;
}

export const flowNames = ['tokens', 'chain', 'dpop', 'jarm', 'device', 'approval'] as const;
export type FlowName = (typeof flowNames)[number];

/** A sign-in was asked for this beyond an ordinary one (OpenID Connect Core 3.1.2.1, RFC 9470 section 4). */
export interface Asked {
  acr_values?: string;
  max_age?: string;
}

export interface Visit {
  /** Set between leaving for the login page and coming back. */
  nonce?: string;
  /** Of the same sign-in; absent for an ordinary one. */
  asked?: Asked & { atMs: number };
  tokens?: Tokens;
  claims?: Record<string, unknown>;
  userinfo?: Record<string, unknown>;
  exchanged?: Exchanged;
  /** The user's token first. */
  chain?: Link[];
  dpop?: BoundSignIn;
  jarm?: SignedResponse;
  device?: DeviceSignIn;
  approval?: Approval;
  /** Newest first. */
  calls: Record<FlowName, RecordedCall[]>;
  /** Shown once, on the next page. */
  notice?: { kind: 'good' | 'bad'; text: string };
}

/** Of a browser that has not done anything yet. */
export function newVisit(): Visit {
  return { calls: { tokens: [], chain: [], dpop: [], jarm: [], device: [], approval: [] } };
}
