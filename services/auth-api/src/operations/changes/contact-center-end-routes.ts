/** Serves `/auth/v3/internal/contact-center-ends`: Environment API asks it before a contact centre is made under the id of a deleted one. */
import { emptyEnvelope, errorEnvelope, wrapped } from '@gatehouse/contracts/answers';
import { contactCenterEndSchema } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { Revocations } from '../../records/revocation/revocations.ts';

export function contactCenterEndRoutes(
  app: App,
  {
    revocations,
    forgetContactCenter,
    requireWritable,
    now,
  }: {
    revocations: Pick<Revocations, 'revokeAll'>;
    forgetContactCenter(id: string): Promise<void>;
    requireWritable(): void;
    now: Clock;
  },
): void {
  app.post(
    '/contact-center-ends',
    {
      schema: {
        operationId: 'endContactCenter',
        tags: ['internal'],
        summary: 'End the sessions, tokens and rights of the people of a contact centre that was deleted',
        body: wrapped(contactCenterEndSchema),
        response: { 200: emptyEnvelope, 403: errorEnvelope, 503: errorEnvelope },
      },
    },
    async (request) => {
      requireWritable();
      const id = request.body.data.contactCenterId.toLowerCase();
      // A revocation that is not kept everywhere is refused here: nobody may come back by it.
      await revocations.revokeAll([{ kind: 'contact-center', id, atMs: now() }]);
      await forgetContactCenter(id);
      return ok();
    },
  );
}
