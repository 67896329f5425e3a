/** Keeps requests for a person's approval (OpenID CIBA) and records whether the person, signed in elsewhere, gives it. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { backchannelGrantType } from '../../core/protocol/grant-types.ts';
import { isWithinScope } from '../../core/protocol/parameters.ts';
import type { Admission } from '../../people/accounts/admission.ts';
import { type Demands, demandsOf } from '../../people/accounts/demands.ts';
import type { AuditEvent, AuditWriter } from '../../records/audit/event.ts';
import { isSamePerson, type PersonKey } from '../../records/revocation/revocation.ts';
import { type Client, servesContactCenter } from '../../registry/clients/client.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import { formatFamilyToken, newFamilyId, newSecret, secretHash } from '../../tokens/family-token.ts';
import type { Grant } from '../../tokens/grant.ts';
import { proofsOf, referenceTo } from '../../tokens/session-reference.ts';
import type { BrowserRequest } from '../cookies/browser-cookies.ts';
import type { PolledRequests } from '../devices/polled-requests.ts';
import type { SessionService } from '../sessions/service.ts';
import type { Session } from '../sessions/session.ts';
import type { ApprovalRequest } from './approval-request.ts';
import type { AskedPeople } from './asked-people.ts';

export interface ApprovalsOptions {
  store: PolledRequests<ApprovalRequest>;
  askedPeople: AskedPeople;
  directory: Pick<ClientDirectory, 'find'>;
  sessions: Pick<SessionService, 'recordClient'>;
  admission: Pick<Admission, 'judge'>;
  audit: AuditWriter;
  now: Clock;
}

/** The client's request, and the person who is asked. */
export interface Asked extends PersonKey, Pick<ApprovalRequest, 'scope' | 'resources' | 'bindingMessage'> {
  lifeMs: number;
}

/** A request that waits for the person who reads it. */
export interface WaitingApproval {
  request: ApprovalRequest;
  client: Client;
}

export type Approvals = ReturnType<typeof createApprovals>;

export function createApprovals(options: ApprovalsOptions) {
  const { store, askedPeople, directory, sessions, admission, audit, now } = options;

  /** Undefined: the session's person must not know of it, or its client may not ask any more. */
  async function open(id: string, session: Session): Promise<WaitingApproval | undefined> {
    const request = await store.findWaiting(id);
    if (request === undefined || !isFor(request, session)) return undefined;
    const client = await directory.find(request.clientId);
    return client !== undefined && mayStillAsk(client, request, session) ? { request, client } : undefined;
  }

  return {
    poll: store.poll,

    /** Gives the `auth_req_id`. @throws AppError (429) when the person has been asked too often */
    async begin(client: Client, { lifeMs, ...asked }: Asked): Promise<string> {
      const authReqId = { familyId: newFamilyId(), secret: newSecret() };
      const requestedAtMs = now();
      const request = {
        id: authReqId.familyId,
        clientId: client.clientId,
        ...asked,
        requestedAtMs,
        expiresAtMs: requestedAtMs + lifeMs,
      };
      await askedPeople.reserve(request);
      await store.save(request.id, request, secretHash(authReqId));
      return formatFamilyToken(authReqId);
    },

    /** The requests that wait for the person of the session, oldest first. */
    async list(session: Session): Promise<WaitingApproval[]> {
      const ids = await askedPeople.list(session.identity);
      const found = await Promise.all(ids.map((id) => open(id, session)));
      return found.filter((waiting) => waiting !== undefined);
    },

    /** `gone`: nothing with this id waits for the person any more. The demands are what the session is too weak for. @throws AppError (503) */
    async answer(
      id: string,
      answer: 'approved' | 'denied',
      session: Session,
      request: BrowserRequest,
    ): Promise<'approved' | 'denied' | 'gone' | Demands> {
      const waiting = await open(id, session);
      if (waiting === undefined) return 'gone';
      const isApproved = answer === 'approved';
      if (isApproved) {
        const { client } = waiting;
        const proofs = proofsOf({ session, authorizedAtMs: session.createdAtMs });
        const verdict = await admission.judge(session.identity, { act: 'ciba', proofs, client });
        if ('gone' in verdict) return 'gone';
        if ('short' in verdict) return demandsOf(client);
      }
      const given = isApproved ? grantOf(waiting.request, session, now()) : 'denied';
      if (!(await store.answer(id, given))) return 'gone';
      await Promise.all([
        isApproved && askedPeople.release({ ...session.identity, ...idOf(waiting.request) }),
        isApproved && sessions.recordClient(request, session, waiting.request.clientId),
        audit.write(eventOf(answer, waiting.request, session, request)),
      ]);
      return answer;
    },
  };
}

function isFor({ sub, contactCenterId }: ApprovalRequest, { identity }: Session): boolean {
  return contactCenterId !== undefined && isSamePerson({ sub, contactCenterId }, identity);
}

function idOf({ id, clientId }: ApprovalRequest) {
  return { id, clientId };
}

/** The registration may have changed since the request, or belong to another client that was given the same id. */
function mayStillAsk(client: Client, { scope, requestedAtMs }: ApprovalRequest, { identity }: Session) {
  return (
    client.createdAtMs <= requestedAtMs &&
    client.grantTypes.includes(backchannelGrantType) &&
    isWithinScope(scope, client.scope) &&
    servesContactCenter(client, identity.contactCenterId)
  );
}

function grantOf(
  { id, clientId, scope, resources: audience = [] }: ApprovalRequest,
  session: Session,
  nowMs: number,
): Grant {
  return {
    familyId: id,
    clientId,
    grantType: backchannelGrantType,
    scope,
    audience,
    identity: session.identity,
    session: referenceTo(session),
    authorizedAtMs: nowMs,
  };
}

function eventOf(
  answer: 'approved' | 'denied',
  { clientId, scope }: ApprovalRequest,
  { sub, sid, identity: { contactCenterId } }: Session,
  { id: correlationId, ip: clientAddress }: BrowserRequest,
): AuditEvent {
  const who = { clientId, sub, sid, contactCenterId, correlationId, clientAddress };
  const name = answer === 'approved' ? 'backchannel_approved' : 'backchannel_denied';
  return { name, outcome: 'success', ...who, fields: { scope } };
}
