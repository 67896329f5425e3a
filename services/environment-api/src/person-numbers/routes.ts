/** Routes below `/internal` by which Auth API learns the numbers of people; for internal clients only. */
import { envelopeOf, wrapped } from '@gatehouse/contracts/answers';
import {
  maxNumbersAtOnce,
  numberPeopleBodySchema,
  personNumbersSchema,
} from '@gatehouse/contracts/environment-api';
import { integer } from '@gatehouse/contracts/values';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { z } from 'zod';
import { requireEnvironmentId } from '../access/caller.ts';
import { failures } from '../answers.ts';
import { dbidText } from '../fields/scalars.ts';
import { findNumbers, listNumbers, numberOfDbid } from './numbers.ts';
import type { PersonNumberService } from './service.ts';

const tags = ['internal'];
const params = z.object({ id: z.string() });
const response = { 200: envelopeOf(personNumbersSchema), ...failures };

export function personNumberRoutes(
  internal: App,
  { db, personNumbers }: { db: Queryable; personNumbers: PersonNumberService },
): void {
  internal.post(
    '',
    {
      schema: {
        tags,
        operationId: 'numberPeople',
        summary: 'The number of each person, a new one for those who have none',
        params,
        body: wrapped(numberPeopleBodySchema),
        response,
      },
    },
    async (request) => {
      const id = requireEnvironmentId(request.params.id);
      const { externalIds, onlyKnown } = request.body.data;
      const numbers = onlyKnown
        ? await findNumbers(db, id, externalIds)
        : await personNumbers.number(id, externalIds);
      return ok({ numbers });
    },
  );

  internal.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listPersonNumbers',
        summary: 'Who has a number, or all numbers in order',
        params,
        querystring: z.object({
          dbid: dbidText(1).optional(),
          after: dbidText(0).default(0),
          limit: integer(1, maxNumbersAtOnce).default(maxNumbersAtOnce),
        }),
        response,
      },
    },
    async (request) => {
      const id = requireEnvironmentId(request.params.id);
      const { dbid, ...page } = request.query;
      const numbers = await (dbid === undefined ? listNumbers(db, id, page) : numberOfDbid(db, id, dbid));
      return ok({ numbers });
    },
  );
}
