/** Serves `/auth/v3/change-password`: JSON for programs (compat), a form for pages. */

import { emptyEnvelope, errorEnvelope } from '@gatehouse/contracts/answers';
import { freeText } from '@gatehouse/contracts/values';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { acceptFormsAndJson, isJson } from '../../browser/cookies/browser-scope.ts';
import { crossSite, isForeign } from '../../browser/cookies/same-origin.ts';
import type { Callers } from '../../browser/sessions/caller.ts';
import { SignInError } from '../../people/directories/sign-in-error.ts';
import { type ChangePasswordService, isOwnChange } from './change-password-service.ts';
import { answerFailure } from './failed-form.ts';

const changePasswordSchema = z.object({
  // As at a sign-in: what cannot be a name or a password is a wrong one.
  userName: z.string().optional(),
  tenant: z.string().optional(),
  oldPassword: z.string().default(''),
  newPassword: z.string().default(''),
  newPasswordAgain: z.string().optional(),
  interaction: freeText(128).optional(),
  csrf: freeText(256).optional(),
});

export interface ChangePasswordRoutesDeps {
  changePassword: ChangePasswordService;
  callers: Callers;
  publicUrl: string;
}

export async function changePasswordRoutes(app: App, deps: ChangePasswordRoutesDeps): Promise<void> {
  const { changePassword, callers, publicUrl } = deps;
  await acceptFormsAndJson(app);

  app.post(
    '/change-password',
    {
      schema: {
        operationId: 'changePassword',
        tags: ['sign-in'],
        summary: 'Change a password',
        description:
          'For the user of the session or token, for the one whose sign-in waits for a new password in this browser, or for the user that is named. Ends every session and token of the user; the browser that asked gets a new session. Where a second factor is needed of the user, a name and the old password are not enough (403 second_factor_required): the user signs in at the login page.',
        body: changePasswordSchema,
        response: { 200: emptyEnvelope, 400: errorEnvelope, 403: errorEnvelope, 503: errorEnvelope },
      },
    },
    async (request, reply) => {
      const caller = await callers.find(request);
      try {
        if (!isJson(request)) {
          const { location } = await changePassword.changeByForm({ request, reply }, caller, request.body);
          return reply.redirect(location, 302);
        }
        // A page of another origin may act for the user of its token, and guess nobody's password.
        const isOfToken = caller?.via === 'token' && isOwnChange(request.body, caller);
        if (!isOfToken && isForeign(request.headers, publicUrl)) throw crossSite();
        await changePassword.change({ request, reply }, caller, request.body);
        return reply.send(ok());
      } catch (error) {
        return answerFailure(request, reply, isJson(request) ? asForbidden(error) : error);
      }
    },
  );
}

/** Compat: a wrong old password is answered 403 here. */
function asForbidden(error: unknown): unknown {
  return error instanceof SignInError && error.failure === 'bad_credentials'
    ? new SignInError('bad_credentials', { status: 403 })
    : error;
}
