/** Routes by which administrators read a person of the people store, disable them and enable them again, without SCIM. */
import { envelopeOf, wrapped } from '@gatehouse/contracts/answers';
import { type StoredPerson, storedPersonSchema } from '@gatehouse/contracts/environment-administration';
import { personChangeSchema } from '@gatehouse/contracts/resources';
import { type App, etagOf, ok } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { z } from 'zod';
import { type Caller, requireReach } from '../access/caller.ts';
import { failures, sendUnchanged } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import { findHome } from './home.ts';
import { addressesOf, fieldsOf, type Person } from './person.ts';
import type { PeopleService } from './service.ts';

const tags = ['people'];
const params = z.object({ id: z.string(), personId: z.string() });
const response = { 200: envelopeOf(storedPersonSchema), ...failures };

export function personRoutes(
  api: App,
  { db, people }: { db: Queryable; people: Pick<PeopleService, 'read' | 'change'> },
): void {
  const homeOf = (caller: Caller, id: string) => findHome(db, requireReach(caller, id));

  api.get(
    '/:personId',
    {
      schema: {
        tags,
        operationId: 'readPerson',
        summary: 'One person of the people store',
        params,
        response,
      },
    },
    async (request, reply) => {
      const { id, personId } = request.params;
      const person = await people.read(await homeOf(request.caller, id), personId);
      if (sendUnchanged(request, reply, etagOf(person.version))) return reply as never;
      return ok(storedPersonOf(person));
    },
  );

  api.patch(
    '/:personId',
    {
      schema: {
        tags,
        operationId: 'changePerson',
        summary: 'Disable a person of the people store, or enable them again',
        description: 'With If-Match, the answer is 412 when somebody else has changed the person since.',
        params,
        body: wrapped(personChangeSchema),
        response,
      },
    },
    async (request, reply) => {
      const { id, personId } = request.params;
      const isActive = request.body.data.status === 'active';
      const home = await homeOf(request.caller, id);
      const person = await people.change(contextOf(request), home, personId, (present) => ({
        fields: { ...fieldsOf(present), isActive },
      }));
      reply.header('etag', etagOf(person.version));
      return ok(storedPersonOf(person));
    },
  );
}

function storedPersonOf(person: Person): StoredPerson {
  const { id, dbid, version, userName, firstName, lastName, employeeId, externalId } = person;
  const [email] = addressesOf(person);
  return {
    id,
    number: dbid,
    version,
    userName,
    firstName,
    lastName,
    email,
    employeeId,
    externalId,
    status: person.isActive ? 'active' : 'disabled',
    hasPassword: person.passwordEnvelope !== undefined,
    groups: person.groups.map(({ name }) => name),
    createdAt: person.createdAt,
    updatedAt: person.updatedAt,
  };
}
