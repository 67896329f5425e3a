/** Reads what is asked of a list, in a query or in the body of a search, and writes its answer (RFC 7644 sections 3.4.2 and 3.4.3). */
import { z } from 'zod';
import type { Projection } from './projection.ts';
import type { Resource } from './resource.ts';
import type { ResourceSchema } from './schema.ts';

export interface Question extends Projection {
  filter: string | undefined;
  page: { offset: number; limit: number };
  /** The other kind of resource of the same search: an attribute that it alone has is no error in the filter. */
  beside?: ResourceSchema;
}

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

const filterHelp = 'RFC 7644 section 3.4.2.2, such as `userName eq "ada@example.com"`.';
const startHelp = 'From 1.';
const countHelp = `Most resources of the answer: at most ${maxResults}, 0 for their number alone.`;

export const listQuery = projectionQuery.extend({
  filter: z.string().optional().describe(filterHelp),
  startIndex: number.optional().describe(startHelp),
  count: number.optional().describe(countHelp),
});

const names = z.array(z.string().max(255)).max(100).nullish();

/** Of the body of a search. */
export const searchFields = {
  filter: z.string().nullish().describe(filterHelp),
  startIndex: z.int().nullish().describe(startHelp),
  count: z.int().nullish().describe(countHelp),
  attributes: names.describe('Only these.'),
  excludedAttributes: names.describe('All but these.'),
};

type Asked = z.output<typeof listQuery> | z.output<z.ZodObject<typeof searchFields>>;

/** Numbers out of range count as the nearest that is right (section 3.4.2.4). */
export function questionOf({ filter, startIndex, count, attributes, excludedAttributes }: Asked): Question {
  const start = Math.min(Math.max(Number(startIndex ?? 1), 1), maxStartIndex);
  const limit = Math.min(Math.max(Number(count ?? defaultResults), 0), maxResults);
  return {
    filter: filter || undefined,
    page: { offset: start - 1, limit },
    attributes: [attributes].flat().join(),
    excludedAttributes: [excludedAttributes].flat().join(),
  };
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
