/** Defines a browser session: the fact that a user proved who they are in this browser. */

import type { SignOnProtocol } from '@gatehouse/contracts/values';
import type { Admitted } from '../../people/accounts/admission.ts';
import type { UserIdentity } from '../../people/identity/identity.ts';
import type { SessionReference } from '../../tokens/session-reference.ts';

export interface Session extends SessionReference {
  sub: string;
  identity: UserIdentity;
  createdAtMs: number;
  /** Absolute end. */
  endsAtMs: number;
  lastSeenAtMs: number;
  /** The session outlives the browser: the user said that the device is their own. */
  isRemembered: boolean;
  /** Clients that got a code or token by this session. */
  clientIds: string[];
  provider?: ProviderSession;
  /** The interaction that the user signed in for. */
  interactionId?: string;
}

/** The identity provider's session behind a session of ours: what its logout needs. */
export interface ProviderSession {
  protocol: SignOnProtocol;
  /** Location of the settings by which the user signed in. */
  location: string;
  /** The provider, and our id there. */
  issuer: string;
  clientId: string;
  /** SAML NameID as XML-free text with its qualifiers, or the OpenID Connect subject. */
  subject: string;
  nameIdFormat?: string;
  nameQualifier?: string;
  spNameQualifier?: string;
  /** SAML SessionIndex or OpenID Connect `sid`. */
  sessionIndex?: string;
  /** ID token of the identity provider, sealed: the hint that its logout asks for. */
  idTokenHint?: { id: string; envelope: string };
}

/** A session that has ended, with the clients that got a code or token by it. */
export interface EndedSession {
  sub: string;
  sid: string;
  clientIds: readonly string[];
  provider?: ProviderSession | undefined;
  identity?: Pick<UserIdentity, 'contactCenterId'>;
}

/** A user who has just signed in. */
export interface Newcomer {
  /** The person, and the proofs: the gate lets nobody in who has proved too little. */
  admitted: Admitted;
  /** When an identity provider asked the user, if that was earlier. */
  providerAuthTimeMs?: number | undefined;
  /** The identity provider did not say when it asked the user. */
  isSeenAtUnknown?: boolean | undefined;
  /** The latest end of the session. */
  endsAtMs?: number | undefined;
  provider?: ProviderSession | undefined;
  /** When the user proved who they are; a revocation since then ends the session as well. Default: now. */
  provedAtMs?: number | undefined;
  /** The user asks to stay signed in on this device; granted where the installation offers it. */
  remember?: boolean | undefined;
  interactionId?: string | undefined;
  /** The client that gets a code or token in the answer to this very request. */
  clientId?: string | undefined;
}

/** The view of a session on the account page. */
export interface SessionSummary {
  sid: string;
  createdAtMs: number;
  lastSeenAtMs: number;
  userAgent?: string;
  clientAddress?: string;
  isRemembered: boolean;
  clientIds: string[];
}
