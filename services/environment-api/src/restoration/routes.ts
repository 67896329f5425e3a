/** Routes of what was deleted in the last days: all of it below `/deleted`, and the people of a contact centre below it. */
import {
  emptyEnvelope,
  envelopeOf,
  nextCursorSchema,
  successStatus,
  wrapped,
} from '@gatehouse/contracts/answers';
import {
  type DeletedObject,
  deletedKinds,
  deletedObjectSchema,
  forgottenSchema,
  restorationSchema,
  restoredSchema,
} from '@gatehouse/contracts/environment-administration';
import { definedOnly, idSchema, label } from '@gatehouse/contracts/values';
import { type App, etagOf, ok, ordinalKey, pageQuery, readPage } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { type Caller, requireReach } from '../access/caller.ts';
import { failures } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import type { Kept, Reach } from '../deleted/kept.ts';
import type { RestorationService } from './service.ts';

const tags = ['deleted'];

const filters = {
  objectId: idSchema.optional().describe('Only what had this id.'),
  search: label().optional().describe('Only those with this text in their name, in any case.'),
};
const list = {
  200: z.object({ status: successStatus, data: z.array(deletedObjectSchema), nextCursor: nextCursorSchema }),
  ...failures,
};
const restoring =
  'Sessions, tokens and keys that ended stay ended. Secrets are not kept: `lostSecrets` names those to type again. The answer is 409 where another object has taken a name in the meantime: send another one.';

interface Place {
  /** The deletions that the path is about. @throws AppError 404 */
  reachOf(request: { caller: Caller; params: unknown }): Reach;
  params: z.ZodType<{ deletedId: string }>;
  /** Operation ids, and what they are about. */
  ids: { read: string; restore: string; forget: string };
  object: string;
}

const installation: Place = {
  reachOf: () => 'installation',
  params: z.object({ deletedId: label(64) }),
  ids: { read: 'readDeleted', restore: 'restoreDeleted', forget: 'forgetDeleted' },
  object: 'something',
};
const people: Place = {
  reachOf: ({ caller, params }) => ({ peopleOf: requireReach(caller, (params as { id: string }).id) }),
  params: z.object({ id: z.string(), deletedId: label(64) }),
  ids: { read: 'readDeletedPerson', restore: 'restoreDeletedPerson', forget: 'forgetDeletedPerson' },
  object: 'a person',
};

interface Services {
  restoration: RestorationService;
}

export function installationRoutes(api: App, { restoration }: Services): void {
  api.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listDeleted',
        summary: 'What was deleted and can be restored, newest first',
        description: 'Environments, contact centres and people of people stores.',
        querystring: z.object({
          ...pageQuery(100),
          kind: z.enum(deletedKinds).optional(),
          contactCenterId: idSchema.optional().describe('Only this contact centre, and its people.'),
          ...filters,
        }),
        response: list,
      },
    },
    async (request) => {
      const { kind, contactCenterId, objectId, search, ...page } = request.query;
      const filter = { kind, contactCenterId, objectId, search };
      const { rows, nextCursor } = await restoration.list('installation', filter, readPage(page, ordinalKey));
      return { ...ok(rows.map(shown)), nextCursor };
    },
  );
  api.delete(
    '',
    {
      schema: {
        tags,
        operationId: 'forgetDeletedPeople',
        summary: 'Erase for good what is kept of people with a user name, also within deleted environments',
        querystring: z.object({ userName: label().describe('In any case.') }),
        response: { 200: envelopeOf(forgottenSchema), ...failures },
      },
    },
    async (request) =>
      ok({ people: await restoration.forgetPeople(contextOf(request), request.query.userName) }),
  );
  routesOfOne(api, restoration, installation);
}

export function peopleRoutes(api: App, { restoration }: Services): void {
  api.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listDeletedPeople',
        summary: 'People of a contact centre who were deleted and can be restored, newest first',
        params: z.object({ id: z.string() }),
        querystring: z.object({ ...pageQuery(100), ...filters }),
        response: list,
      },
    },
    async (request) => {
      const { objectId, search, ...page } = request.query;
      const filter = { kind: undefined, contactCenterId: undefined, objectId, search };
      const { rows, nextCursor } = await restoration.list(
        people.reachOf(request),
        filter,
        readPage(page, ordinalKey),
      );
      return { ...ok(rows.map(shown)), nextCursor };
    },
  );
  routesOfOne(api, restoration, people);
}

function routesOfOne(
  api: App,
  restoration: RestorationService,
  { reachOf, params, ids, object }: Place,
): void {
  api.get(
    '/:deletedId',
    {
      schema: {
        tags,
        operationId: ids.read,
        summary: `Show ${object} that was deleted and can be restored`,
        params,
        response: { 200: envelopeOf(deletedObjectSchema), ...failures },
      },
    },
    async (request) => ok(shown(await restoration.read(reachOf(request), request.params.deletedId))),
  );

  api.post(
    '/:deletedId/restore',
    {
      schema: {
        tags,
        operationId: ids.restore,
        summary: `Restore ${object} that was deleted, under the old id`,
        description: restoring,
        params,
        body: wrapped(restorationSchema),
        response: { 200: envelopeOf(restoredSchema), ...failures },
      },
    },
    async (request, reply) => {
      const { restored, version } = await restoration.restore(
        contextOf(request),
        reachOf(request),
        request.params.deletedId,
        request.body.data,
      );
      reply.header('etag', etagOf(version));
      return ok(restored);
    },
  );

  api.delete(
    '/:deletedId',
    {
      schema: {
        tags,
        operationId: ids.forget,
        summary: `Remove for good what is kept of ${object} that was deleted`,
        params,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request) => {
      await restoration.forget(contextOf(request), reachOf(request), request.params.deletedId);
      return ok();
    },
  );
}

function shown({ ordinal: _ordinal, document, lostSecrets, ...kept }: Kept): DeletedObject {
  const { dbid: number } = document as { dbid?: number };
  return { ...kept, ...definedOnly({ number }), lostSecrets: [...lostSecrets] };
}
