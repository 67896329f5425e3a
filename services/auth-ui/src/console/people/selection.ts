/** Reads which people of the list were chosen, and makes password links for them. */
import { UpstreamError } from '@gatehouse/api-client/http';
import { selectionSteps } from '@gatehouse/api-client/people-file';
import type { ScimUser } from '@gatehouse/contracts/environment-administration';
import { z } from 'zod';
import { problemOf, reasonOf } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { typedText } from '../shell/typed.ts';
import { centerField } from './names.ts';
import type { peopleOf } from './store.ts';

type Calls = ReturnType<typeof peopleOf>;

export const steps = [...selectionSteps, 'links'] as const;
export type Step = (typeof steps)[number];

/** As many as a page of the list has. */
const maxChosen = 50;
/** A filter of SCIM has room for so many ids. */
const idsInFilter = 20;
const linksAtOnce = 4;

/** The ids come as several fields of the list, or with spaces between them. */
const ids = z
  .union([z.string().max(4_096), z.array(z.string().max(64))])
  .default('')
  .transform((given) => (typeof given === 'string' ? given.split(' ').filter((id) => id !== '') : given))
  .pipe(z.array(z.guid()).max(maxChosen));

export const selectionFields = z.object({
  ...centerField,
  person: ids,
  step: z.enum(steps),
  group: typedText(255),
  name: typedText(512),
  seen: z.string().max(64).default(''),
});

export type Selection = z.output<typeof selectionFields>;

/** Those of them that are there. */
export async function chosenPeople(calls: Calls, chosen: readonly string[]): Promise<ScimUser[]> {
  const found: ScimUser[] = [];
  for (let start = 0; start < chosen.length; start += idsInFilter) {
    const some = chosen.slice(start, start + idsInFilter);
    found.push(...(await calls.list(some.map((id) => `id eq ${JSON.stringify(id)}`).join(' or '))));
  }
  return found;
}

export interface LinkRow {
  user: ScimUser;
  url?: string;
  expiresAt?: string;
  /** Why there is no link. */
  problem?: string;
}

/** For each a link, or why there is none. @throws UpstreamError */
export async function linksFor(
  visit: ConsoleVisit,
  calls: Calls,
  users: readonly ScimUser[],
): Promise<LinkRow[]> {
  const rows: LinkRow[] = [];
  for (let start = 0; start < users.length; start += linksAtOnce) {
    const some = users.slice(start, start + linksAtOnce).map((user) => linkFor(visit, calls, user));
    rows.push(...(await Promise.all(some)));
  }
  return rows;
}

/** Of one person alone: somebody who is disabled, deleted, or an administrator of the installation. */
const ofPerson: readonly (number | undefined)[] = [403, 404, 409];

async function linkFor({ text }: ConsoleVisit, calls: Calls, user: ScimUser): Promise<LinkRow> {
  try {
    return { user, ...(await calls.passwordLink(user.id)) };
  } catch (error) {
    const isOwn = error instanceof UpstreamError && ofPerson.includes(error.status);
    if (!isOwn || reasonOf(error) === 'stale_sign_in') throw error;
    return { user, problem: problemOf(error, text).message };
  }
}
