/** Reads the query of a list and writes its answer (RFC 7644 section 3.4.2). */
import { z } from 'zod';
import type { Projection } from './projection.ts';
import type { Resource } from './resource.ts';

export interface Listing {
  totalResults: number;
  startIndex: number;
  resources: Resource[];
}

export const maxResults = 200;
export const listUrn = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

const defaultResults = 100;
const maxStartIndex = 100_000_000;
const number = z.string().regex(/^[+-]?\d{1,9}$/, 'must be a whole number');

export const projectionQuery = z.object({
  attributes: z.string().max(4_096).optional().describe('Only these, separated by commas.'),
  excludedAttributes: z.string().max(4_096).optional().describe('All but these.'),
});

export const listQuery = projectionQuery.extend({
  filter: z
    .string()
    .optional()
    .describe('RFC 7644 section 3.4.2.2, such as `userName eq "ada@example.com"`.'),
  startIndex: number.optional().describe('From 1.'),
  count: number
    .optional()
    .describe(`Most resources of the answer: at most ${maxResults}, 0 for their number alone.`),
});

export type ListQuery = z.output<typeof listQuery> & Projection;

/** Numbers out of range count as the nearest that is right (section 3.4.2.4). */
export function readListing({ filter, startIndex, count }: ListQuery) {
  const start = Math.min(Math.max(Number(startIndex ?? 1), 1), maxStartIndex);
  const limit = Math.min(Math.max(Number(count ?? defaultResults), 0), maxResults);
  return { filter: filter === '' ? undefined : filter, page: { offset: start - 1, limit } };
}

export function listAnswer({ totalResults, startIndex, resources }: Listing) {
  return {
    schemas: [listUrn],
    totalResults,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}
