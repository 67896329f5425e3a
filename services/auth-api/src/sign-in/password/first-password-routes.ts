/** Serves `/auth/v3/first-password`: the form of the page that a link leads to, or the same as JSON. */

import { emptyEnvelope, envelopeOf, errorEnvelope, wrapped } from '@gatehouse/contracts/answers';
import {
  firstPasswordCodeSchema,
  firstPasswordErrors,
  firstPasswordViewSchema,
} from '@gatehouse/contracts/auth-api';
import { AppError, reportError } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { acceptFormsAndJson, isJson } from '../../browser/cookies/browser-scope.ts';
import type { Pages } from '../../browser/cookies/pages.ts';
import { crossSite, isForeign } from '../../browser/cookies/same-origin.ts';
import { ruleOf } from './failed-form.ts';
import type { FirstPasswordService } from './first-password-service.ts';

// Compared, never stored: whatever cannot be a code is an unknown one, and is answered as such.
const firstPasswordSchema = z.object({
  code: z.string().default(''),
  newPassword: z.string().default(''),
  newPasswordAgain: z.string().optional(),
});

export interface FirstPasswordRoutesDeps {
  firstPasswords: FirstPasswordService;
  pages: Pages;
  publicUrl: string;
}

export async function firstPasswordRoutes(app: App, deps: FirstPasswordRoutesDeps): Promise<void> {
  const { firstPasswords, pages, publicUrl } = deps;
  await acceptFormsAndJson(app);

  app.post(
    '/first-password',
    {
      schema: {
        operationId: 'setFirstPassword',
        tags: ['sign-in'],
        summary: 'Set a first password',
        description:
          'For a person of the people store, by the code of the link that an administrator made. The link works once. Nobody is signed in by it.',
        body: firstPasswordSchema,
        response: { 200: emptyEnvelope, 400: errorEnvelope, 404: errorEnvelope, 503: errorEnvelope },
      },
    },
    async (request, reply) => {
      if (isForeign(request.headers, publicUrl)) throw crossSite();
      try {
        await firstPasswords.set(request, request.body);
      } catch (error) {
        if (isJson(request) || !(error instanceof AppError) || !hasPage(error.name)) throw error;
        reportError(request, reply, error);
        const rules = error.name === 'password_policy' ? error.problems.map(ruleOf) : [];
        // A link that is over is shown no more.
        const code = error.name === 'link_over' ? undefined : request.body.code;
        return reply.redirect(pages.firstPasswordFailed(error.name, rules, code), 302);
      }
      return isJson(request) ? reply.send(ok()) : reply.redirect(pages.firstPasswordDone(), 302);
    },
  );
}

function hasPage(name: string): boolean {
  return (firstPasswordErrors as readonly string[]).includes(name);
}

/** For Auth UI, which shows whose password it is. */
export function internalFirstPasswordRoutes(
  app: App,
  { firstPasswords }: Pick<FirstPasswordRoutesDeps, 'firstPasswords'>,
): void {
  app.post(
    '/first-password',
    {
      schema: {
        operationId: 'readFirstPasswordLink',
        tags: ['internal'],
        summary: 'Whose first password a link is for',
        body: wrapped(firstPasswordCodeSchema),
        response: { 200: envelopeOf(firstPasswordViewSchema), 404: errorEnvelope },
      },
    },
    async (request) => ok(await firstPasswords.read(request.body.data.code)),
  );
}
