/** Serves `/auth/v3/ops/administrators`: who administers the whole installation. */

import { emptyEnvelope, envelopeOf, errorEnvelope, wrapped } from '@gatehouse/contracts/answers';
import { administratorSchema } from '@gatehouse/contracts/auth-administration';
import { newAdministratorSchema } from '@gatehouse/contracts/resources';
import { label } from '@gatehouse/contracts/values';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { actorOf } from '../../core/administration/actor.ts';
import { refusals as common } from '../../core/administration/refusals.ts';
import { type AdministratorService, administratorViewOf } from './service.ts';

const tags = ['administrators'];
const refusals = { ...common, 429: errorEnvelope };

/** Finds the person whom an administrator names. */
export interface ListedPeople {
  /** `within`: nobody of another contact centre than this one. @throws AppError 400, 404, 503 */
  listed(
    named: { user: string; contactCenter?: string | undefined },
    within: string | undefined,
  ): Promise<{ sub: string; name: string; contactCenterId: string }>;
}

export function administratorRoutes(
  app: App,
  { administrators, people }: { administrators: AdministratorService; people: ListedPeople },
): void {
  app.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listAdministrators',
        summary: 'Installation administrators, in the order in which they were added',
        response: { 200: envelopeOf(z.array(administratorSchema)), ...refusals },
      },
    },
    async () => ok((await administrators.list()).map(administratorViewOf)),
  );

  app.post(
    '',
    {
      schema: {
        tags,
        operationId: 'addAdministrator',
        summary: 'Let a person administer the whole installation, by their login to the operator console',
        description:
          'In force on every replica within a second, for logins to this contact centre by this way. An entry without contact centre or way is filled.',
        body: wrapped(newAdministratorSchema),
        response: {
          200: envelopeOf(administratorSchema),
          ...refusals,
          404: errorEnvelope,
          409: errorEnvelope,
        },
      },
    },
    async (request) => {
      const { note, way, ...named } = request.body.data;
      const person = await people.listed(named, undefined);
      return ok(administratorViewOf(await administrators.add({ ...person, way, note }, actorOf(request))));
    },
  );

  app.delete(
    '/:sub',
    {
      schema: {
        tags,
        operationId: 'removeAdministrator',
        summary: 'Take a person off the list; their tokens lose the right at once',
        description:
          'In force on every replica within a second. Also of oneself, and of the last one: the operator account can always add another.',
        params: z.object({ sub: label(512) }),
        response: { 200: emptyEnvelope, ...refusals, 404: errorEnvelope },
      },
    },
    async (request) => {
      await administrators.remove(request.params.sub.toLowerCase(), actorOf(request));
      return ok();
    },
  );
}
