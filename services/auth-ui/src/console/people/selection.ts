/** Reads which people of the list were chosen, unlocks them, and makes password links for them. */
import { someAtOnce } from '@gatehouse/api-client/administration';
import { maxUnlocked, searchPeople, unlockPeople } from '@gatehouse/api-client/auth-api';
import { reasonOf, UpstreamError } from '@gatehouse/api-client/http';
import { selectionSteps, type Undone } from '@gatehouse/api-client/people-file';
import { listedStates } from '@gatehouse/contracts/auth-administration';
import type { ScimUser } from '@gatehouse/contracts/environment-administration';
import { levelOfStepUp } from '@gatehouse/contracts/values';
import { z } from 'zod';
import { problemOf } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { typedText } from '../shell/typed.ts';
import { centerField } from './names.ts';
import type { peopleOf } from './store.ts';

type Calls = ReturnType<typeof peopleOf>;

/** They change no field of a person, and are open to the help desk, too. */
export const helps = ['unlock', 'links'] as const;
export const steps = [...helps, ...selectionSteps] as const;
export type Step = (typeof steps)[number];

/** As many as a page of the list has. */
const maxMarked = 50;
/** Of all that a search finds. */
export const maxChosen = maxUnlocked;
/** A page of a filtered list may find nobody although there are more people. */
const maxRead = 40;
/** A filter of SCIM has room for so many ids. */
const idsInFilter = 20;

const someIds = z.string().max(maxChosen * 40);

/** The ids come as several fields of the list, or with spaces between them, as those of everybody on the page do. */
const ids = z
  .union([someIds, z.array(someIds).max(maxMarked + 1)])
  .default('')
  .transform((given) => [...new Set([given].flat().flatMap((some) => some.split(' ')))].filter(Boolean))
  .pipe(z.array(z.guid()).max(maxChosen));

export const selectionFields = z.object({
  ...centerField,
  person: ids,
  /** Everybody whom the search of the list finds, on every page. */
  everybody: z.literal('found').optional(),
  search: typedText(255),
  signIn: z.enum(listedStates).or(z.literal('')).catch('').default(''),
  step: z.enum(steps),
  group: typedText(255),
  name: typedText(512),
  seen: z.string().max(64).default(''),
});

export type Selection = z.output<typeof selectionFields>;

/** The ids of everybody whom the search finds; undefined: too many. @throws UpstreamError */
export async function foundPeople(
  visit: ConsoleVisit,
  { contactCenter, search, signIn }: Selection,
): Promise<string[] | undefined> {
  const found: string[] = [];
  let cursor: string | undefined;
  for (let read = 0; read < maxRead; read += 1) {
    const { data, nextCursor } = await searchPeople(visit.authApi, {
      ...{ contactCenter, cursor },
      ...{ search: search || undefined, signIn: signIn || undefined },
    });
    found.push(...data.people.flatMap(({ id }) => id ?? []));
    if (found.length > maxChosen) return undefined;
    if (nextCursor === undefined) return found;
    cursor = nextCursor;
  }
  return undefined;
}

/** Those of them that are there. @throws UpstreamError */
export async function chosenPeople(calls: Calls, chosen: readonly string[], step: Step): Promise<ScimUser[]> {
  if (helps.some((help) => help === step))
    return (await someAtOnce(chosen, (id) => personWithoutScim(calls, id))).flat();
  const found: ScimUser[] = [];
  for (let start = 0; start < chosen.length; start += idsInFilter) {
    const some = chosen.slice(start, start + idsInFilter);
    found.push(...(await calls.list(some.map((id) => `id eq ${JSON.stringify(id)}`).join(' or '))));
  }
  return found;
}

/** SCIM is closed to the help desk. None: the person is not there. */
async function personWithoutScim(calls: Calls, id: string): Promise<ScimUser[]> {
  try {
    const { userName, status } = (await calls.readTagged(id)).data;
    return [{ id, userName, active: status === 'active' }];
  } catch (error) {
    if (error instanceof UpstreamError && error.status === 404) return [];
    throw error;
  }
}

/** Those who could not be unlocked, by user name. @throws UpstreamError */
export async function unlock(
  { authApi, text }: ConsoleVisit,
  contactCenter: string,
  people: readonly ScimUser[],
): Promise<Undone[]> {
  const unlocked = await unlockPeople(
    authApi,
    people.map(({ userName: user }) => ({ user, contactCenter })),
  );
  return unlocked.flatMap(({ user: field, error }) =>
    error === undefined ? [] : [{ field, message: problemOf(error, text).message }],
  );
}

export interface LinkRow {
  user: ScimUser;
  url?: string;
  expiresAt?: string;
  /** Why there is no link. */
  problem?: string;
}

/** For each a link, or why there is none. @throws UpstreamError */
export const linksFor = (
  visit: ConsoleVisit,
  calls: Calls,
  people: readonly ScimUser[],
): Promise<LinkRow[]> => someAtOnce(people, (user) => linkFor(visit, calls, user));

/** Of one person alone: somebody who is disabled, deleted, or an administrator of the installation. */
const ofPerson: readonly (number | undefined)[] = [403, 404, 409];

async function linkFor({ text }: ConsoleVisit, calls: Calls, user: ScimUser): Promise<LinkRow> {
  try {
    return { user, ...(await calls.passwordLink(user.id)) };
  } catch (error) {
    const isOwn = error instanceof UpstreamError && ofPerson.includes(error.status);
    if (!isOwn || levelOfStepUp(reasonOf(error)) !== undefined) throw error;
    return { user, problem: problemOf(error, text).message };
  }
}
