/** Finds the user behind a request: by access token, else by session cookie. A cookie beside a token changes nothing. */
import { type ResourceTokens, readAccessToken } from '@gatehouse/caller-auth/sender-constraint';
import { nameCorsCaller, visitorAddressOf } from '@gatehouse/service-kit/http';
import type { Proof } from '../../core/assurance/proof.ts';
import type { UserIdentity } from '../../people/identity/identity.ts';
import type { AccessTokenRecord, StoredAccessToken, TokenFacts } from '../../tokens/access-token.ts';
import { isOfOwnLogin } from '../../tokens/lineage.ts';
import { proofsOf } from '../../tokens/session-reference.ts';
import type { BrowserRequest } from '../cookies/browser-cookies.ts';
import type { SessionService } from './service.ts';
import type { ProviderSession } from './session.ts';

/** Of tokens that know, and end, where else their user is signed in. */
export const sessionsScope = 'sessions';

export interface Caller {
  via: 'token' | 'session';
  sub: string;
  identity: UserIdentity;
  /** How the person proved who they are. */
  proofs: Proof[];
  /** Of the person, also where Auth UI calls for them. */
  clientAddress: string;
  sid?: string | undefined;
  /** Clients that know this user by this token or session. */
  clientIds: string[];
  /** Of a session by single sign-on. */
  provider?: ProviderSession | undefined;
  /** Of a token. */
  scope?: string[];
  /** Of a token: the family of tokens that it belongs to. */
  familyId?: string | undefined;
  /** Of a token that somebody got for the user by exchange, delegation or assertion: it ends nothing but itself. */
  derived?: DerivedToken | undefined;
}

export interface DerivedToken {
  text: string;
  facts: TokenFacts;
  /** A family that begins with this token; absent: it is in the family of the user's login. */
  ownFamilyId?: string | undefined;
}

export type Callers = ReturnType<typeof createCallers>;

export function createCallers(
  sessions: Pick<SessionService, 'find'>,
  resourceTokens: Pick<ResourceTokens<StoredAccessToken>, 'find'>,
) {
  const byToken = async (request: BrowserRequest): Promise<Caller | undefined> => {
    const stored = await resourceTokens.find(request);
    const record = stored?.record();
    if (stored === undefined || record?.identity === undefined) return undefined;
    const { identity, clientId, scope, familyId, session } = record;
    return {
      via: 'token',
      sub: identity.sub,
      identity,
      proofs: proofsOf(record),
      clientAddress: visitorAddressOf(request, clientId),
      clientIds: [clientId],
      scope,
      familyId,
      sid: session?.sid,
      derived: isOfOwnLogin(record)
        ? undefined
        : { text: readAccessToken(request).token, facts: stored.facts, ownFamilyId: ownFamilyOf(record) },
    };
  };

  async function findSession(request: BrowserRequest) {
    const session = await sessions.find(request);
    if (session !== undefined)
      nameCorsCaller(request, { contactCenterIds: [session.identity.contactCenterId] });
    return session;
  }

  const bySession = async (request: BrowserRequest): Promise<Caller | undefined> => {
    const session = await findSession(request);
    if (session === undefined) return undefined;
    const { sub, identity, sid, clientIds, provider, createdAtMs } = session;
    const proofs = proofsOf({ session, authorizedAtMs: createdAtMs });
    return { via: 'session', sub, identity, proofs, clientAddress: request.ip, sid, clientIds, provider };
  };

  return {
    /** Undefined without a live session or a user's live token. @throws OAuthError (401) for a bad proof; AppError (503) */
    find: (request: BrowserRequest) => (hasToken(request) ? byToken(request) : bySession(request)),
    /** Accepts any live token, also a client's own. @throws as find */
    async isLive(request: BrowserRequest): Promise<boolean> {
      if (hasToken(request)) return (await resourceTokens.find(request)) !== undefined;
      return (await findSession(request)) !== undefined;
    },
  };
}

/** The record of an exchanged token names the family of the user's login, which it must not end. */
function ownFamilyOf({ familyId, generation = 0, hasOwnFamily }: AccessTokenRecord): string | undefined {
  return generation === 0 || hasOwnFamily ? familyId : undefined;
}

function hasToken({ headers }: BrowserRequest): boolean {
  return headers['authorization'] !== undefined;
}
