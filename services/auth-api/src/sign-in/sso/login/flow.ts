/** Describes a login in progress at an identity provider: what was asked, by which browser, for which request. */

import { hkdfSync } from 'node:crypto';
import type { SignOnProtocol } from '@gatehouse/contracts/values';
import { sha256 } from '@gatehouse/service-kit/crypto';

/** The administrator who signs in as a test. */
export interface TrialOwner {
  name: string;
  clientId?: string;
  linkRequest?: string;
}

export type TrialFlow = SsoFlow & { trial: TrialOwner };

export interface SsoFlow {
  protocol: SignOnProtocol;
  contactCenterId: string;
  /** Location of the settings: an answer counts for these and no others. */
  location: string;
  /** Authorization request that waits for its user. */
  interactionId?: string;
  /** Page of a registered application to go on to; only without an interaction. */
  target?: string;
  /** The typed or hinted name, for the page about a failure. */
  userName?: string;
  tenant?: string;
  /** The domain by which the contact centre was found, folded. */
  domain?: string;
  /** Hash of the browser's binding cookie. */
  browserHash: string;
  startedAtMs: number;
  /** The person must be asked again, whatever session the identity provider has. */
  isForced: boolean;
  maxAgeSeconds?: number;
  /** Authentication contexts that were asked for. */
  acrValues?: string[];
  /** A sign-in as a test: nobody gets a session by it. */
  trial?: TrialOwner;
}

/** As it is stored. Of a test the protocol is marked: replicas of the release before would make a login of it. */
export function storedFlow(flow: SsoFlow): object {
  return flow.trial === undefined ? flow : { ...flow, protocol: `${trialMark}${flow.protocol}` };
}

export function readFlow(stored: SsoFlow): SsoFlow {
  const protocol = stored.protocol.replace(trialMark, '') as SsoFlow['protocol'];
  return { ...stored, protocol };
}

const trialMark = 'trial ';

/** The id that goes out is the secret; its hash is kept in Redis and sent as an XML id. */
export function referenceOf(flowId: string): string {
  return sha256(flowId);
}

/**
 * Proof key and nonce follow from the browser's cookie and the flow: nothing that redeems a code is stored, and nobody
 * with another browser can make them.
 */
export function codeVerifierOf(browser: string, flowId: string): string {
  return derive(browser, flowId, 'gatehouse sso code verifier');
}

export function nonceOf(browser: string, flowId: string): string {
  return derive(browser, flowId, 'gatehouse sso nonce');
}

function derive(browser: string, flowId: string, purpose: string): string {
  return Buffer.from(hkdfSync('sha256', browser, flowId, purpose, 32)).toString('base64url');
}
