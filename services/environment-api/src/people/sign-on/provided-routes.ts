/** Route below `/internal` by which Auth API finds or creates the person whom an identity provider names; for internal clients only. */
import { envelopeOf, wrapped } from '@gatehouse/contracts/answers';
import { providedPersonSchema, signOnPersonBodySchema } from '@gatehouse/contracts/environment-api';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures } from '../../answers.ts';
import { contextOf } from '../../changes/writer.ts';
import type { ProvidedPeople } from './provided.ts';

export function providedPeopleRoutes(internal: App, { provided }: { provided: ProvidedPeople }): void {
  internal.post(
    '',
    {
      schema: {
        tags: ['internal'],
        operationId: 'signOnPerson',
        summary:
          'The person whom an identity provider means by a subject, created where it is the first sign-in',
        params: z.object({ id: z.guid() }),
        body: wrapped(signOnPersonBodySchema),
        response: { 200: envelopeOf(providedPersonSchema), ...failures },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return ok(await provided.signOn(contextOf(request), request.params.id, request.body.data));
    },
  );
}
