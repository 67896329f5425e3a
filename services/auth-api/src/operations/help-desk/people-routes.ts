/** Serves `/auth/v3/ops/people`, where administrators look for people of a contact centre and at one of them, and the counts of `/auth/v3/ops/environments`. */

import { envelopeOf } from '@gatehouse/contracts/answers';
import {
  membershipCountsSchema,
  peopleAnswer,
  peopleEverywhereQuerySchema,
  peopleEverywhereSchema,
  peopleQuerySchema,
  personFields,
  personProfileSchema,
} from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { actorOf } from '../../core/administration/actor.ts';
import { refusals, refusalsOfOne } from '../../core/administration/refusals.ts';
import type { createListedPeople } from './listing.ts';
import type { createMembershipCounts } from './membership-counts.ts';
import type { createPeopleEverywhere } from './people-everywhere.ts';

const tags = ['help desk'];

export function peopleRoutes(
  app: App,
  {
    listedPeople,
    peopleEverywhere,
  }: {
    listedPeople: ReturnType<typeof createListedPeople>;
    peopleEverywhere: ReturnType<typeof createPeopleEverywhere>;
  },
): void {
  app.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listPeople',
        summary: 'People of a contact centre by the beginning of a name, wherever its people are',
        description:
          'In the order of user names, or of the people store as `sort` says. No directory is read as a whole: `isCut` says that more people match than it was asked for. With `signIn`, an answer looks at 200 people at most: it may have fewer people than `limit`, or none, and `nextCursor` goes on.',
        querystring: peopleQuerySchema,
        response: { 200: peopleAnswer, ...refusalsOfOne },
      },
    },
    async (request) => {
      const { contactCenter, search, signIn, sort, limit, cursor } = request.query;
      const { answer, next } = await listedPeople.list(
        { contactCenter, text: search.trim(), signIn, sort, cursor, limit },
        actorOf(request),
      );
      return { ...ok(answer), ...definedOnly({ nextCursor: next }) };
    },
  );

  app.get(
    '/everywhere',
    {
      schema: {
        tags,
        operationId: 'findPeopleEverywhere',
        summary: 'People of the people stores of all contact centres, by a part of a name',
        description:
          'At most 50 people of 20 contact centres. People of Configuration Servers and of LDAP directories are found in their contact centre alone.',
        querystring: peopleEverywhereQuerySchema,
        response: { 200: envelopeOf(peopleEverywhereSchema), ...refusals },
      },
    },
    async (request) => ok(await peopleEverywhere(request.query.search.trim(), actorOf(request))),
  );

  app.get(
    '/profile',
    {
      schema: {
        tags,
        operationId: 'readPersonProfile',
        summary: 'One person: where they are, their sessions, their last sign-in, our delays',
        querystring: z.strictObject(personFields),
        response: { 200: envelopeOf(personProfileSchema), ...refusalsOfOne },
      },
    },
    async (request) => ok(await listedPeople.read(request.query, actorOf(request))),
  );
}

/** Operators look at whom the contact centres of an environment have in common. */
export function environmentRoutes(
  app: App,
  { membershipCounts }: { membershipCounts: ReturnType<typeof createMembershipCounts> },
): void {
  app.get(
    '/:id/memberships',
    {
      schema: {
        tags: ['operations'],
        operationId: 'countMemberships',
        summary: 'Who belongs to no contact centre of a shared environment, and who belongs to several',
        description:
          'Goes through the people of the environment, at most 10 000 and for at most 20 seconds. `isWhole` says whether that was everybody.',
        params: z.object({ id: z.guid() }),
        response: { 200: envelopeOf(membershipCountsSchema), ...refusalsOfOne },
      },
    },
    async (request) => ok(await membershipCounts(request.params.id.toLowerCase(), actorOf(request))),
  );
}
