/** Serves `/auth/v3/oauth/consent`, where the consent page sends its form. */

import { consentAnswers } from '@gatehouse/contracts/auth-api';
import { freeText, label } from '@gatehouse/contracts/values';
import { htmlErrorHandler } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { readOnlyForms } from '../../core/protocol/parameters.ts';
import { orExpiredPage } from '../cookies/expired-sign-in.ts';
import type { ConsentForms } from './forms.ts';

const consentFormSchema = z.object({
  interaction: label(128),
  csrf: freeText(256).default(''),
  answer: z.enum(consentAnswers),
});

export async function consentRoutes(
  app: App,
  { consentForms }: { consentForms: ConsentForms },
): Promise<void> {
  app.setErrorHandler(orExpiredPage(htmlErrorHandler));
  await readOnlyForms(app);

  app.post(
    '/consent',
    {
      schema: {
        operationId: 'answerConsent',
        tags: ['oauth'],
        summary: 'Take the answer of the consent page',
        description:
          'The form of our own consent page, with the csrf token of its interaction. Answers 303 onward.',
        consumes: ['application/x-www-form-urlencoded'],
        body: consentFormSchema,
      },
    },
    async (request, reply) => {
      reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
      return reply.redirect(await consentForms.answer(request, request.body), 303);
    },
  );
}
