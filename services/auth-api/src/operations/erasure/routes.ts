/** Serves `/auth/v3/ops/people/erasure`: what is known of a person who is gone, and its end. */
import { envelopeOf, errorEnvelope } from '@gatehouse/contracts/answers';
import { erasureBodySchema, erasureSchema } from '@gatehouse/contracts/auth-administration';
import { type App, ok } from '@gatehouse/service-kit/http';
import { actorOf } from '../../core/administration/actor.ts';
import { refusalsOfOne } from '../../core/administration/refusals.ts';
import type { Erasures } from './service.ts';

export function erasureRoutes(app: App, { erasures }: { erasures: Erasures }): void {
  app.post(
    '',
    {
      schema: {
        tags: ['help desk'],
        operationId: 'erasePerson',
        summary: 'Erase what is known of a person who is gone, or show what would be erased',
        description:
          'Ends sessions and tokens first, then erases the rest, security events last. May be repeated: an interrupted erasure is finished. Delete the person before: the answer is 409 while the person is there. Environment API keeps a deleted person for some days; `DELETE /deleted/{id}` ends that.',
        body: erasureBodySchema,
        response: { 200: envelopeOf(erasureSchema), ...refusalsOfOne, 409: errorEnvelope },
      },
    },
    async (request) => ok(await erasures.erase(request.body.data, actorOf(request))),
  );
}
