/** Answers the page of a signed-in person: what waits, the person's answers, and the code that the person chooses. */

import { missingToken } from '@gatehouse/caller-auth/oauth-errors';
import type {
  ApprovalList,
  ApprovalResult,
  ApprovalView,
  approvalAnswers,
} from '@gatehouse/contracts/auth-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { safeEqual, sha256 } from '@gatehouse/service-kit/crypto';
import { ok } from '@gatehouse/service-kit/http';
import type { AuditWriter } from '../../records/audit/event.ts';
import { addressOf } from '../../registry/clients/address.ts';
import type { BrowserCookies, BrowserRequest } from '../cookies/browser-cookies.ts';
import { requireSameOrigin } from '../cookies/same-origin.ts';
import type { SessionService } from '../sessions/service.ts';
import type { Session } from '../sessions/session.ts';
import type { Approvals, WaitingApproval } from './service.ts';
import { readUserCode, type UserCodes } from './user-codes.ts';

export interface ApprovalForm {
  approval: string;
  csrf: string;
  answer: keyof typeof approvalAnswers;
}

export interface UserCodeForm {
  userCode: string;
  csrf: string;
}

interface PageCallsOptions {
  approvals: Approvals;
  userCodes: UserCodes;
  sessions: Pick<SessionService, 'find'>;
  cookies: Pick<BrowserCookies, 'readSession'>;
  audit: AuditWriter;
  publicUrl: string;
}

export type ApprovalPageCalls = ReturnType<typeof createApprovalPageCalls>;

/** Only the session cookie counts: an application that holds a token of the person must not approve in their name. */
export function createApprovalPageCalls(options: PageCallsOptions) {
  const { approvals, userCodes, sessions, cookies, audit, publicUrl } = options;

  /** Bound to the session: only its browser, and Auth UI on its behalf, can know the cookie. */
  const csrfOf = (request: BrowserRequest) => sha256(`approvals\n${cookies.readSession(request)}`);

  /** Undefined: the form was not made for this session. @throws AppError (403) for a form of another site */
  async function openForm(request: BrowserRequest, { csrf }: { csrf: string }): Promise<Session | undefined> {
    requireSameOrigin(request.headers, publicUrl);
    const session = await sessions.find(request);
    return session !== undefined && safeEqual(csrf, csrfOf(request)) ? session : undefined;
  }

  return {
    /** `isUse`: false when the page refreshes itself. @throws OAuthError (401) without a session */
    async list(request: BrowserRequest, isUse: boolean): Promise<ApprovalList> {
      const session = await sessions.find(request, { isUse });
      if (session === undefined) throw missingToken();
      const [waiting, hasUserCode] = await Promise.all([
        approvals.list(session),
        // The script of the page does not read it.
        isUse && userCodes.has(session.identity),
      ]);
      const { username, contactCenterId } = session.identity;
      return {
        ...ok(waiting.map(viewOf)),
        user: { username, contactCenterId },
        csrf: csrfOf(request),
        hasUserCode,
      };
    },

    async answer(request: BrowserRequest, form: ApprovalForm): Promise<ApprovalResult> {
      const session = await openForm(request, form);
      if (session === undefined) return 'form_expired';
      return (await approvals.answer(form.approval, form.answer, session, request)) ? form.answer : 'gone';
    },

    /** An empty code removes the one that is kept. */
    async keepUserCode(request: BrowserRequest, form: UserCodeForm): Promise<ApprovalResult> {
      const session = await openForm(request, form);
      if (session === undefined) return 'form_expired';
      const code = readUserCode(form.userCode);
      const isRemoved = form.userCode === '';
      if (code === undefined && !isRemoved) return 'code_refused';
      await (code === undefined ? userCodes.remove(session.identity) : userCodes.set(session.identity, code));
      await audit.write({
        name: 'user_code_changed',
        outcome: 'success',
        sub: session.sub,
        sid: session.sid,
        contactCenterId: session.identity.contactCenterId,
        correlationId: request.id,
        clientAddress: request.ip,
        fields: { change: isRemoved ? 'removed' : 'kept' },
      });
      return isRemoved ? 'code_removed' : 'code_kept';
    },
  };
}

function viewOf({ request, client }: WaitingApproval): ApprovalView {
  const { id, scope, bindingMessage, requestedAtMs, expiresAtMs } = request;
  return definedOnly({
    id,
    client: definedOnly({ id: client.clientId, name: client.name, address: addressOf(client) }),
    scope,
    bindingMessage,
    requestedAt: new Date(requestedAtMs).toISOString(),
    expiresAt: new Date(expiresAtMs).toISOString(),
  });
}
