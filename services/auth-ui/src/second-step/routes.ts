/** Serves `/auth/second-step.html`: what the person has to do before the sign-in goes on. */
import type { AuthApiClient } from '@gatehouse/api-client/auth-api';
import type { SecondStepView } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { readBrowserCookie, readSecondStepCookie } from '../auth-api/browser-cookies.ts';
import { type Interactions, interactionIdSchema } from '../auth-api/interactions.ts';
import { secondStepExpired } from '../pages/error-page.ts';
import { beginVisit, sendView, type Visit } from '../pages/visit.ts';
import { blockedPage, codesPage, enrolPage, type StepWay, setUpPage, stepWays, verifyPage } from './pages.ts';

export function secondStepRoutes(
  pages: App,
  deps: { authApi: AuthApiClient; interactions: Interactions; publicUrl: string },
): void {
  const { authApi, interactions, publicUrl } = deps;
  pages.get(
    '/second-step.html',
    {
      schema: {
        operationId: 'showSecondStep',
        summary: 'The page for the second factor of a sign-in',
        querystring: z.object({
          /** Where the sign-in can start again when this step has ended. */
          interaction: interactionIdSchema,
          way: z.enum(stepWays).optional(),
        }),
      },
    },
    async (request, reply) => {
      const cookies = [
        readSecondStepCookie(request, publicUrl),
        readBrowserCookie(request, publicUrl),
      ] as const;
      const step = await authApi.readSecondStep(...cookies, { requestId: request.id });
      if (step === undefined) throw secondStepExpired();
      const interaction = await interactions.read(request, step.interaction);
      const visit = beginVisit(request, reply, interaction, { asksOwnOrigin: true });
      return show(visit, step, request.query.way);
    },
  );
}

function show(visit: Visit, step: SecondStepView, way: StepWay | undefined): FastifyReply {
  const { state, totp } = step;
  if (state === 'verify') return sendView(visit, 'second-step/verify', verifyPage(visit, step, way));
  if (state === 'codes') return sendView(visit, 'second-step/codes', codesPage(visit, step));
  if (state === 'blocked') return sendView(visit, 'second-step/blocked', blockedPage(visit, step));
  if (totp === undefined || way === 'choose')
    return sendView(visit, 'second-step/enrol', enrolPage(visit, step));
  return sendView(visit, 'second-step/set-up', setUpPage(visit, step, totp));
}
