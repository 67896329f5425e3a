/** Describes a login in progress at an identity provider: what was asked, by which browser, for which request. */

import { hkdfSync } from 'node:crypto';
import { sha256 } from '@gatehouse/service-kit/crypto';

export interface SsoFlow {
  protocol: 'saml' | 'oidc';
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
}

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
