/** Answers the page of a signed-in person: what waits, the person's answers, and the code that the person chooses. */

import { missingToken } from '@gatehouse/caller-auth/oauth-errors';
import type { ApprovalList, ApprovalView, approvalAnswers } from '@gatehouse/contracts/auth-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { safeEqual, sha256 } from '@gatehouse/service-kit/crypto';
import { ok } from '@gatehouse/service-kit/http';
import type { Admission } from '../../people/accounts/admission.ts';
import type { Demands } from '../../people/accounts/demands.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import { addressOf } from '../../registry/clients/address.ts';
import { proofsOf } from '../../tokens/session-reference.ts';
import type { Browser, BrowserCookies, BrowserRequest } from '../cookies/browser-cookies.ts';
import type { Pages } from '../cookies/pages.ts';
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

/** The second step serves the page: `raise` gives the address where a session that is too weak waits. */
export interface ApprovalEntrance {
  raise(
    browser: Browser,
    session: Session,
    onward: { target: string; demands: Demands | undefined },
  ): Promise<string>;
}

interface PageCallsOptions {
  approvals: Approvals;
  userCodes: UserCodes;
  sessions: Pick<SessionService, 'find'>;
  admission: Pick<Admission, 'judge'>;
  entrance: ApprovalEntrance;
  pages: Pages;
  cookies: Pick<BrowserCookies, 'readSession'>;
  audit: AuditWriter;
  publicUrl: string;
}

export type ApprovalPageCalls = ReturnType<typeof createApprovalPageCalls>;

/** Only the session cookie counts: an application that holds a token of the person must not approve in their name. */
export function createApprovalPageCalls(options: PageCallsOptions) {
  const { approvals, userCodes, sessions, admission, entrance, pages, cookies, audit, publicUrl } = options;

  /** Bound to the session: only its browser, and Auth UI on its behalf, can know the cookie. */
  const csrfOf = (request: BrowserRequest) => sha256(`approvals\n${cookies.readSession(request)}`);

  /** Undefined: the form was not made for this session. @throws AppError (403) for a form of another site */
  async function openForm(request: BrowserRequest, { csrf }: { csrf: string }): Promise<Session | undefined> {
    requireSameOrigin(request.headers, publicUrl);
    const session = await sessions.find(request);
    return session !== undefined && safeEqual(csrf, csrfOf(request)) ? session : undefined;
  }

  /** The person comes back to the page, where the request still waits. */
  const raise = (browser: Browser, session: Session, demands: Demands) =>
    entrance.raise(browser, session, { target: pages.approvals('confirm'), demands });

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

    /** Gives the address where the browser goes next. @throws AppError (503) */
    async answer(browser: Browser, form: ApprovalForm): Promise<string> {
      const { request } = browser;
      const session = await openForm(request, form);
      if (session === undefined) return pages.approvals('form_expired');
      const answered = await approvals.answer(form.approval, form.answer, session, request);
      return typeof answered === 'string' ? pages.approvals(answered) : raise(browser, session, answered);
    },

    /** An empty code removes the one that is kept. Gives the address where the browser goes next. @throws AppError (503) */
    async keepUserCode(browser: Browser, form: UserCodeForm): Promise<string> {
      const { request } = browser;
      const session = await openForm(request, form);
      if (session === undefined) return pages.approvals('form_expired');
      const code = readUserCode(form.userCode);
      const isRemoved = form.userCode === '';
      if (code === undefined && !isRemoved) return pages.approvals('code_refused');
      const proofs = proofsOf({ session, authorizedAtMs: session.createdAtMs });
      const verdict = await admission.judge(session.identity, { act: 'account', proofs });
      if ('gone' in verdict) return pages.approvals('form_expired');
      // By the level: a remembered device does not stand for the person here.
      if ('short' in verdict) return raise(browser, session, { request: verdict.short.need.level });
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
      return pages.approvals(isRemoved ? 'code_removed' : 'code_kept');
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
