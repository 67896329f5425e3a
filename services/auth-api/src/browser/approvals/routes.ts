/** Serves `/auth/v3/approvals`: what waits for a signed-in person, for Auth UI, and the forms of its page. */

import { securityError } from '@gatehouse/contracts/answers';
import { approvalAnswers, approvalListSchema } from '@gatehouse/contracts/auth-api';
import { freeText, label } from '@gatehouse/contracts/values';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { acceptFormsAndJson, flag, isSet } from '../cookies/browser-scope.ts';
import type { ApprovalPageCalls } from './page-calls.ts';

interface ApprovalRoutesDeps {
  calls: ApprovalPageCalls;
}

const tags = ['approvals'];
const consumes = ['application/x-www-form-urlencoded'];
const csrf = freeText(256).default('');

export async function approvalRoutes(app: App, { calls }: ApprovalRoutesDeps): Promise<void> {
  await acceptFormsAndJson(app);

  app.get(
    '/approvals',
    {
      schema: {
        operationId: 'listApprovals',
        tags,
        summary: 'What waits for the approval of the signed-in person (OpenID CIBA)',
        description: 'By the session cookie alone, for Auth UI: a token approves nothing.',
        querystring: z.object({
          refresh: flag.optional().describe('The page asks by itself: the session does not count as used.'),
        }),
        response: { 200: approvalListSchema, 401: securityError },
      },
    },
    async (request) => calls.list(request, !isSet(request.query.refresh)),
  );

  app.post(
    '/approvals/answer',
    {
      schema: {
        operationId: 'answerApproval',
        tags,
        summary: 'Take the answer of a person to a request for approval',
        description:
          'The form of our own page, with its csrf token. Answers 303 back to the page, or to the second step where the session is too weak to approve.',
        consumes,
        body: z.object({ approval: label(64), csrf, answer: z.enum(approvalAnswers) }),
      },
    },
    async (request, reply) => reply.redirect(await calls.answer({ request, reply }, request.body), 303),
  );

  app.post(
    '/approvals/user-code',
    {
      schema: {
        operationId: 'keepUserCode',
        tags,
        summary: 'Keep the code that some clients must know before they may ask a person',
        description:
          'The form of our own page, with its csrf token. An empty code removes the one that is kept. Answers as `approvals/answer` does.',
        consumes,
        body: z.object({ userCode: freeText(1024).default(''), csrf }),
      },
    },
    async (request, reply) => reply.redirect(await calls.keepUserCode({ request, reply }, request.body), 303),
  );
}
