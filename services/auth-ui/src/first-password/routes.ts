/** Serves the page for a first password. Its form goes to Auth API, so that no password passes through Auth UI. */
import type { AuthApiClient } from '@gatehouse/api-client/auth-api';
import { firstPasswordErrors } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { beginVisit, sendView } from '../pages/visit.ts';
import { endPage, firstPasswordPage } from './page.ts';

const querySchema = z.object({
  /** Another text is the code of no link. */
  code: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .optional()
    .catch(undefined),
  error: z.enum(firstPasswordErrors).optional().catch(undefined),
  /** With `password_policy`: names of the broken rules, with spaces between them. */
  rules: z.string().max(256).default(''),
  result: z.literal('done').optional().catch(undefined),
  ui_locales: z.string().max(256).optional(),
});

export function firstPasswordRoutes(
  pages: App,
  { authApi }: { authApi: Pick<AuthApiClient, 'readFirstPassword'> },
): void {
  pages.get(
    '/first-password',
    {
      schema: {
        operationId: 'showFirstPassword',
        summary: 'The page for a first password',
        querystring: querySchema,
      },
    },
    async (request, reply) => {
      const { code, error, rules, result } = request.query;
      const visit = beginVisit(request, reply, undefined, { hasSecretAddress: true });
      if (result === 'done') return sendView(visit, 'first-password-end', endPage(visit, 'done'));
      const link =
        code === undefined || error === 'link_over'
          ? undefined
          : await authApi.readFirstPassword(code, { requestId: request.id });
      if (code === undefined || link === undefined)
        return sendView(visit, 'first-password-end', endPage(visit, 'link_over'));
      const failure = error && { error, rules: rules.split(' ').filter((rule) => rule !== '') };
      return sendView(visit, 'first-password', firstPasswordPage(visit, { ...link, code }, failure));
    },
  );
}
