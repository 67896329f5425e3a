/** Finds people by the beginning of a name, also at servers that compare whole names only. */

import {
  CfgObjectState,
  type CfgPerson,
  cfgPersonSchema,
  type FoundPerson,
  flagIsSet,
  isConfigServerError,
  type PersonFilter,
  type PersonPage,
  type PersonSearch,
  pageOf,
} from '@gatehouse/people-directory';
import type { z } from 'zod';

export const foundPersonSchema = cfgPersonSchema
  .pick({
    DBID: true,
    tenantDBID: true,
    userName: true,
    firstName: true,
    lastName: true,
    emailAddress: true,
    changePasswordOnNextLogin: true,
    state: true,
  })
  .strip();

/** Nothing else of a person is asked for. */
export const foundPersonFields = Object.keys(foundPersonSchema.shape).filter((name) => name !== 'DBID');

type Found = z.infer<typeof foundPersonSchema>;
type ReadSome = (filter: PersonFilter, maxObjects: number) => Promise<Found[]>;

/** `read` gives the first objects that meet a filter. Errors: those of `read`. */
export async function searchPersons(read: ReadSome, search: PersonSearch): Promise<PersonPage> {
  const { text, isUserName = false, tenantDbid, after, limit } = search;
  const tenant = tenantDbid === undefined ? {} : { tenant_dbid: tenantDbid };
  const page = { isCut: false, isWholeNames: false };
  if (isUserName) {
    const found = await read({ ...tenant, user_name: text }, limit);
    return { ...page, people: found.map(personOf) };
  }
  const place = after === undefined ? {} : { after_user_name: after };
  try {
    // One more than the page tells whether there is another one.
    const found = await read({ ...tenant, ...place, name_prefix: text }, limit + 1);
    return { ...page, ...pageOf(found.map(personOf), search) };
  } catch (error) {
    if (!(isConfigServerError(error) && error.code === 'InvalidFilter')) throw error;
  }
  return wholeNames((filter) => read({ ...tenant, ...filter }, limit + 1), search);
}

/** The filters that every server has compare whole names and give no order: the first people are all there is. */
async function wholeNames(
  read: (filter: PersonFilter) => Promise<Found[]>,
  search: PersonSearch,
): Promise<PersonPage> {
  const { text, limit } = search;
  const filters: PersonFilter[] =
    text === ''
      ? [{}]
      : [{ user_name: text }, { last_name: text }, { first_name: text }, { email_address: text }];
  const answers = await Promise.all(filters.map((filter) => read(filter).catch(ignoreUnknownFilter)));
  const found = new Map(answers.flat().map((person) => [person.DBID, personOf(person)]));
  const isCut = answers.some(({ length }) => length > limit);
  return { ...pageOf([...found.values()], search), isCut, isWholeNames: true };
}

/** The filter by e-mail address is an extension, too. */
function ignoreUnknownFilter(error: unknown): Found[] {
  if (isConfigServerError(error) && error.code === 'InvalidFilter') return [];
  throw error;
}

function personOf({
  DBID,
  tenantDBID,
  userName,
  firstName,
  lastName,
  emailAddress,
  changePasswordOnNextLogin,
  state,
}: Found): FoundPerson {
  return {
    dbid: DBID,
    tenantDbid: tenantDBID,
    userName,
    ...(firstName ? { firstName } : {}),
    ...(lastName ? { lastName } : {}),
    ...(emailAddress ? { email: emailAddress } : {}),
    state: stateOf(state),
    ...(flagIsSet(changePasswordOnNextLogin) ? { mustChangePassword: true } : {}),
  };
}

/** The object model has no state for a lock. */
export function stateOf(state: CfgPerson['state']): FoundPerson['state'] {
  return state === CfgObjectState.enabled ? 'active' : 'disabled';
}
