/** Routes below `/internal` by which Auth API reads people and stores the passwords that they choose; for internal clients only. */
import { envelopeOf, wrapped } from '@gatehouse/contracts/answers';
import {
  environmentsOfPeopleSchema,
  foundPeopleSchema,
  groupsOfPeopleSchema,
  maxGroupsOfPeopleAtOnce,
  maxPeopleAtOnce,
  minNamePart,
  passwordLinkCodeSchema,
  passwordLinkSchema,
  passwordSetSchema,
  peopleNumbersSchema,
  peopleSchema,
  peopleSorts,
  redeemPasswordLinkBodySchema,
  setPasswordBodySchema,
} from '@gatehouse/contracts/environment-api';
import { freeText, integer, label } from '@gatehouse/contracts/values';
import { badRequest } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { z } from 'zod';
import { requireEnvironmentId } from '../access/caller.ts';
import { failures } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import { dbidText } from '../fields/scalars.ts';
import type { PasswordLinks } from './password-links.ts';
import type { PeoplePasswords } from './passwords.ts';
import { findPeople, listGroupsOfPeople, listPeopleNumbers, type PersonName } from './person-view.ts';
import { environmentsOfPeople, searchPeople } from './search.ts';

const tags = ['internal'];
const params = z.object({ id: z.string() });
const nameQuery = z.object({
  dbid: dbidText(1).optional(),
  userName: label().optional(),
  email: label().optional(),
  externalId: label().optional(),
});

export interface PeopleRouteOptions {
  db: Queryable;
  passwords: PeoplePasswords;
  passwordLinks: PasswordLinks;
}

export function internalPeopleRoutes(internal: App, { db, passwords }: PeopleRouteOptions): void {
  internal.get(
    '',
    {
      schema: {
        tags,
        operationId: 'findPeople',
        summary: 'People of the people store by one of their names, with the sealed password hash',
        params,
        querystring: nameQuery,
        response: { 200: envelopeOf(peopleSchema), ...failures },
      },
    },
    async (request, reply) => {
      const people = await findPeople(db, requireEnvironmentId(request.params.id), nameOf(request.query));
      reply.header('cache-control', 'no-store');
      return ok({ people });
    },
  );

  internal.get(
    '/search',
    {
      schema: {
        tags,
        operationId: 'searchPeople',
        summary:
          'People of the people store by a part of a name, in the order of user names or in another one',
        params,
        querystring: z.object({
          text: freeText(255).default(''),
          sort: z.enum(peopleSorts).optional(),
          after: label(255).optional(),
          afterKey: freeText(600).optional(),
          limit: integer(1, maxPeopleAtOnce + 1).default(maxPeopleAtOnce),
        }),
        response: { 200: envelopeOf(foundPeopleSchema), ...failures },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const id = requireEnvironmentId(request.params.id);
      return ok({ people: await searchPeople(db, id, request.query) });
    },
  );

  internal.get(
    '/numbers',
    {
      schema: {
        tags,
        operationId: 'listPeopleNumbers',
        summary: 'Numbers of the people in a state, in order',
        params,
        querystring: z.object({
          state: z.enum(['active', 'inactive']),
          after: dbidText(0).default(0),
          limit: integer(1, 10_000).default(1_000),
        }),
        response: { 200: envelopeOf(peopleNumbersSchema), ...failures },
      },
    },
    async (request) => {
      const id = requireEnvironmentId(request.params.id);
      return ok({ dbids: await listPeopleNumbers(db, id, request.query) });
    },
  );

  internal.get(
    '/groups',
    {
      schema: {
        tags,
        operationId: 'listGroupsOfPeople',
        summary: 'The groups of each person, in order of numbers',
        params,
        querystring: z.object({
          after: dbidText(0).default(0),
          limit: integer(1, maxGroupsOfPeopleAtOnce).default(maxGroupsOfPeopleAtOnce),
        }),
        response: { 200: envelopeOf(groupsOfPeopleSchema), ...failures },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const id = requireEnvironmentId(request.params.id);
      return ok({ people: await listGroupsOfPeople(db, id, request.query) });
    },
  );

  internal.put(
    '/:dbid/password',
    {
      schema: {
        tags,
        operationId: 'setOwnPassword',
        summary: 'Store the password that a person has chosen instead of the one that was compared',
        params: z.object({ id: z.string(), dbid: dbidText(1) }),
        body: wrapped(setPasswordBodySchema),
        response: { 200: envelopeOf(passwordSetSchema), ...failures },
      },
    },
    async (request) => {
      const { id, dbid } = request.params;
      const passwordChangedAt = await passwords.change(
        contextOf(request),
        requireEnvironmentId(id),
        dbid,
        request.body.data,
      );
      return ok({ passwordChangedAt });
    },
  );
}

export function internalSearchRoutes(internal: App, { db }: PeopleRouteOptions): void {
  internal.get(
    '/environments',
    {
      schema: {
        tags,
        operationId: 'findEnvironmentsOfPeople',
        summary: 'Environments whose people stores have somebody with that part of a name',
        querystring: z.object({
          text: freeText(255).refine(
            (text) => [...text].length >= minNamePart,
            `must have at least ${minNamePart} characters`,
          ),
          limit: integer(1, maxPeopleAtOnce).default(maxPeopleAtOnce),
        }),
        response: { 200: envelopeOf(environmentsOfPeopleSchema), ...failures },
      },
    },
    async ({ query: { text, limit } }) => ok(await environmentsOfPeople(db, text, limit)),
  );
}

/** The code is in the body, so that no log of addresses holds it. */
export function internalLinkRoutes(internal: App, { passwordLinks }: PeopleRouteOptions): void {
  internal.post(
    '/read',
    {
      schema: {
        tags,
        operationId: 'readPasswordLink',
        summary: 'Whose first password a link is for',
        body: wrapped(passwordLinkCodeSchema),
        response: { 200: envelopeOf(passwordLinkSchema), ...failures },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return ok(await passwordLinks.read(request.body.data.code));
    },
  );

  internal.post(
    '/redeem',
    {
      schema: {
        tags,
        operationId: 'redeemPasswordLink',
        summary: 'Set the first password of a person; the link is over with it',
        body: wrapped(redeemPasswordLinkBodySchema),
        response: { 200: envelopeOf(passwordSetSchema), ...failures },
      },
    },
    async (request) =>
      ok({ passwordChangedAt: await passwordLinks.redeem(contextOf(request), request.body.data) }),
  );
}

/** @throws AppError 400 unless the query has exactly one name */
function nameOf(query: z.output<typeof nameQuery>): PersonName {
  const names = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => ({ field, value }) as PersonName);
  const [name] = names;
  if (name !== undefined && names.length === 1) return name;
  throw badRequest('Give one of dbid, userName, email and externalId', { field: 'userName' });
}
