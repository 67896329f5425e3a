/** Reads the list of contact centres page by page, in the order of their creation or by name, and counts it. */
import { domainKey } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Page, Sort } from '@gatehouse/service-kit/http';
import { type Bind, binderOf, countRows, type Queryable } from '@gatehouse/service-kit/postgres';
import { holds, idsOfAny, orderBy, pageBy, rowsOfAny } from '../fields/search.ts';
import { type Row, select } from './store.ts';

export interface ContactCenterFilter {
  environmentId: string | undefined;
  domain: string | undefined;
  /** A part of the name or of a domain, in any case. */
  search: string | undefined;
  /** Only these; undefined: all. */
  ids: readonly string[] | undefined;
  /** Undefined: in the order of their creation. */
  sort: Sort;
}

const table = { table: 'environment.contact_centers', alias: 'c' };

/** `anyOf`: the conditions of a search, each with an index. */
function conditionsOf({ environmentId, domain, ids, search }: ContactCenterFilter, bind: Bind) {
  const narrowed: string[] = [];
  if (environmentId !== undefined) narrowed.push(`c.environment_id = ${bind(environmentId, 'uuid')}`);
  if (domain !== undefined)
    narrowed.push(`c.id = (SELECT d.contact_center_id FROM environment.contact_center_domains d
      WHERE d.domain_key = ${bind(domainKey(domain), 'text')})`);
  if (ids !== undefined) narrowed.push(`c.id = ANY (${bind(ids, 'uuid[]')})`);
  const anyOf =
    search === undefined
      ? undefined
      : [
          holds('lower(c.name)', `lower(${bind(search, 'text')})`, search),
          `c.id IN (SELECT d.contact_center_id FROM environment.contact_center_domains d
              WHERE ${holds('d.domain_key', bind(domainKey(search), 'text'), domainKey(search))})`,
        ];
  return { narrowed, anyOf };
}

export async function listContactCenters(db: Queryable, filter: ContactCenterFilter, page: Page) {
  // Each order has an index.
  const { values, bind, order, after, kind } = pageBy('c', 'c.name', filter.sort, page);
  const { narrowed, anyOf } = conditionsOf(filter, bind);
  const where = [after, ...narrowed].join(' AND ');
  // A plan for all filters could use the index of none. A search is planned anew each time, by how much its text will find.
  const query =
    anyOf === undefined
      ? {
          name: `contact_center_page ${Object.keys(definedOnly(filter)).join()} ${kind}`,
          text: `${select} WHERE ${where} ORDER BY ${orderBy(order)} LIMIT $2 OFFSET $3`,
        }
      : {
          text: `${select} WHERE c.id = ANY (ARRAY(${idsOfAny(table, where, anyOf, order)}))
            ORDER BY ${orderBy(order)}`,
        };
  const { rows } = await db.query<Row>({ ...query, values });
  return rows.map((row) => row.center);
}

/** On all pages together. */
export function countContactCenters(db: Queryable, filter: ContactCenterFilter) {
  const values: unknown[] = [];
  const { narrowed, anyOf } = conditionsOf(filter, binderOf(values));
  return countRows(db, rowsOfAny(table, narrowed, anyOf), values);
}
