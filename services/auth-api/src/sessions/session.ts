/** A browser session: the fact that a user proved who they are in this browser. */
import type { BrowserReply, BrowserRequest } from '../browser/browser-cookies.ts';
import type { SessionReference } from '../tokens/session-reference.ts';
import type { UserIdentity } from '../users/identity.ts';

export interface Session extends SessionReference {
  sub: string;
  identity: UserIdentity;
  createdAtMs: number;
  /** Absolute end. */
  endsAtMs: number;
  lastSeenAtMs: number;
  /** It outlives the browser: the user said that the device is their own. */
  isRemembered: boolean;
  /** Clients that got a code or token by this session. */
  clientIds: string[];
  provider?: ProviderSession;
  /** An identity provider signed the user in and did not say when it had asked: perhaps long before. */
  isSeenAtUnknown?: boolean;
  /** The interaction that the user signed in for. */
  interactionId?: string;
}

/** Where a session came from by single sign-on: what signing out there needs. */
export interface ProviderSession {
  protocol: 'saml' | 'oidc';
  /** Location of the settings by which the user came in. */
  location: string;
  /** Who the provider is, and who we are to it. */
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
  /** Of a session that came by single sign-on: where from. */
  provider?: ProviderSession | undefined;
  identity?: Pick<UserIdentity, 'contactCenterId'>;
}

export interface Newcomer {
  identity: UserIdentity;
  /** How the user proved who they are (RFC 8176). */
  amr: string[];
  /** When an identity provider saw the user, if that was earlier. */
  providerAuthTimeMs?: number;
  /** It did not say when. */
  isSeenAtUnknown?: boolean;
  /** The session ends then at the latest. */
  endsAtMs?: number;
  provider?: ProviderSession;
  /** When that was; a revocation since then ends the session as well. Default: now. */
  provedAtMs?: number;
  /** The user would like to stay signed in on this device; granted where the installation offers it. */
  remember?: boolean;
  /** What they signed in for. */
  interactionId?: string | undefined;
}

export interface SessionService {
  /** The live session of this browser: idle and absolute lifetime and every revocation are honoured. @throws AppError (503) */
  find(request: BrowserRequest): Promise<Session | undefined>;
  /** A new session under a new id, always; the one this browser had before is gone afterwards. @throws AppError (503) */
  create(reply: BrowserReply, request: BrowserRequest, newcomer: Newcomer): Promise<Session>;
  /** Ends the session of this browser; its tokens end with it. Undefined when there was none. @throws AppError (503) */
  end(reply: BrowserReply, request: BrowserRequest): Promise<Session | undefined>;
  /** Remembers that the session let a client in. @throws AppError (503) */
  noteClient(request: BrowserRequest, session: Session, clientId: string): Promise<void>;
  /** A live session of a user, by its public id. @throws AppError (503) */
  findOne(sub: string, sid: string): Promise<Session | undefined>;
  /** The live sessions of a user, newest first. */
  list(sub: string): Promise<SessionSummary[]>;
  /** Ends one session of the user and its tokens; false when the user has no such session. */
  endOne(sub: string, sid: string): Promise<boolean>;
  /** Ends every session and token of the user, on every replica within a second. */
  endAll(sub: string): Promise<void>;
}

/** What the account page shows of a session. */
export interface SessionSummary {
  sid: string;
  createdAtMs: number;
  lastSeenAtMs: number;
  userAgent?: string;
  clientAddress?: string;
  isRemembered: boolean;
  clientIds: string[];
}
