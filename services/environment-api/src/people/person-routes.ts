/** Routes by which administrators read, add, change, disable and delete people of the people store, without SCIM. */
import { emptyEnvelope, envelopeOf, wrapped } from '@gatehouse/contracts/answers';
import { type StoredPerson, storedPersonSchema } from '@gatehouse/contracts/environment-administration';
import { newPersonSchema, personChangeSchema } from '@gatehouse/contracts/resources';
import { type App, etagOf, ok } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { z } from 'zod';
import { type Caller, requireReach } from '../access/caller.ts';
import { failures, sendUnchanged } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import { findHome } from './home.ts';
import { addressesOf, type Person } from './person.ts';
import type { PeopleService } from './service.ts';
import { fieldsAfter, groupNamesOf } from './written-fields.ts';

const tags = ['people'];
const params = z.object({ id: z.string(), personId: z.string() });
const response = { 200: envelopeOf(storedPersonSchema), ...failures };

export function personRoutes(
  api: App,
  { db, people }: { db: Queryable; people: Pick<PeopleService, 'read' | 'create' | 'change' | 'remove'> },
): void {
  const homeOf = (caller: Caller, id: string) => findHome(db, requireReach(caller, id));
  const answer = (reply: { header(name: string, value: string): unknown }, person: Person) => {
    reply.header('etag', etagOf(person.version));
    return ok(storedPersonOf(person));
  };

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

  api.post(
    '',
    {
      schema: {
        tags,
        operationId: 'createPerson',
        summary: 'Add a person to the people store, without a password',
        description: '409 where another person has the user name.',
        params: params.pick({ id: true }),
        body: wrapped(newPersonSchema),
        response,
      },
    },
    async (request, reply) => {
      const home = await homeOf(request.caller, request.params.id);
      const { data } = request.body;
      const change = { fields: fieldsAfter(data), groups: groupNamesOf(data.groups) };
      const { id } = await people.create(contextOf(request), home, change);
      return answer(reply, await people.read(home, id));
    },
  );

  api.patch(
    '/:personId',
    {
      schema: {
        tags,
        operationId: 'changePerson',
        summary: 'Change a person of the people store, disable them, or enable them again',
        description: 'With If-Match, the answer is 412 when somebody else has changed the person since.',
        params,
        body: wrapped(personChangeSchema),
        response,
      },
    },
    async (request, reply) => {
      const { id, personId } = request.params;
      const { data } = request.body;
      const home = await homeOf(request.caller, id);
      const groups = data.groups && groupNamesOf(data.groups);
      return answer(
        reply,
        await people.change(contextOf(request), home, personId, (present) => ({
          fields: fieldsAfter(data, present),
          groups,
        })),
      );
    },
  );

  api.delete(
    '/:personId',
    {
      schema: {
        tags,
        operationId: 'deletePerson',
        summary: 'Delete a person of the people store: sessions and tokens end within a second',
        description: 'With If-Match, the answer is 412 when somebody else has changed the person since.',
        params,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request) => {
      const { id, personId } = request.params;
      await people.remove(contextOf(request), await homeOf(request.caller, id), personId);
      return ok();
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
