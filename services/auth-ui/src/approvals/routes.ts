/** Serves the page where a signed-in person approves what applications ask for (OpenID CIBA). */
import type { HttpClient } from '@gatehouse/api-client/http';
import { type ApprovalList, approvalListSchema, approvalResults } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sessionCookieHeader } from '../auth-api/browser-cookies.ts';
import type { Brandings } from '../pages/known-branding.ts';
import { rememberReturn } from '../pages/return.ts';
import { beginVisit, sendView } from '../pages/visit.ts';
import { approvalsPage } from './page.ts';

const querySchema = z.object({
  result: z.enum(approvalResults).optional(),
  /** The page asks by itself. */
  refresh: z.literal('true').optional(),
  ui_locales: z.string().max(256).optional(),
});

interface ApprovalsOptions {
  /** Must carry no credentials of its own. */
  http: HttpClient;
  brandings: Pick<Brandings, 'of'>;
  publicUrl: string;
  now: Clock;
}

export function approvalRoutes(pages: App, { http, brandings, publicUrl, now }: ApprovalsOptions): void {
  /** Undefined: the browser has no live session. @throws UpstreamError */
  async function readList(request: FastifyRequest, isRefresh: boolean): Promise<ApprovalList | undefined> {
    const cookie = sessionCookieHeader(request, publicUrl);
    if (cookie === undefined) return undefined;
    const { status, text } = await http.send({
      method: 'GET',
      path: `/auth/v3/approvals${isRefresh ? '?refresh=true' : ''}`,
      headers: { cookie, 'x-request-id': request.id },
      alsoStatuses: [401],
    });
    return status === 401 ? undefined : approvalListSchema.parse(JSON.parse(text));
  }

  pages.get(
    '/approvals',
    {
      schema: {
        operationId: 'showApprovals',
        summary: 'What waits for the approval of the signed-in person',
        querystring: querySchema,
      },
    },
    async (request, reply) => {
      const { result, refresh } = request.query;
      const list = await readList(request, refresh !== undefined);
      if (list === undefined) {
        rememberReturn(reply, publicUrl);
        return reply.redirect('/auth/sign-in.html', 303);
      }
      const { contactCenterId } = list.user;
      request.knownBranding = await brandings.of({ contactCenterId });
      const visit = beginVisit(request, reply, undefined, { asksOwnOrigin: true });
      return sendView(visit, 'approvals', approvalsPage(visit, list, now(), result));
    },
  );
}
