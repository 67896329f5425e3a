/** Serves `/auth/v3/oauth/device/code`: the form of the page where a user types the code of a device. */
import { freeText } from '@gatehouse/contracts/values';
import { htmlErrorHandler } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { requireSameOrigin } from '../../../browser/cookies/same-origin.ts';
import { readOnlyForms } from '../../../core/protocol/parameters.ts';
import type { DeviceVerification } from './device-verification.ts';

export interface UserCodeRoutesDeps {
  deviceVerification: DeviceVerification;
  publicUrl: string;
}

export async function userCodeRoutes(
  app: App,
  { deviceVerification, publicUrl }: UserCodeRoutesDeps,
): Promise<void> {
  app.setErrorHandler(htmlErrorHandler);
  await readOnlyForms(app);

  app.post(
    '/device/code',
    {
      schema: {
        operationId: 'openDevice',
        tags: ['oauth'],
        summary: 'The code that a device shows, typed by its user (RFC 8628 section 3.3)',
        description: 'The form of our own page `/auth/device`. Answers 303 onward.',
        consumes: ['application/x-www-form-urlencoded'],
        body: z.object({ user_code: freeText(256).default('') }),
      },
    },
    async (request, reply) => {
      reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
      // Another site must not submit the code of its own device in the user's browser.
      requireSameOrigin(request.headers, publicUrl);
      const step = await deviceVerification.open(request.body.user_code, { request, reply });
      return reply.redirect('redirectTo' in step ? step.redirectTo : step.postTo, 303);
    },
  );
}
