/** Does what a plan says by bulk requests of SCIM: first the people, then their groups. */
import type {
  NewScimUser,
  ScimBulkResult,
  ScimOperation,
} from '@gatehouse/contracts/environment-administration';
import { foldSpelling } from '@gatehouse/people-directory';
import { type BulkOperation, type PeopleAdministration, patchOf } from '../environment-api/people.ts';
import type { Change } from './plan.ts';

/** A service does a request of this size in seconds, also where it hashes nothing. */
const atOnce = 200;

/** A change that was refused: of which line, person or group, and why. */
export interface Undone {
  field: string;
  message: string;
}

/** Gives what was refused; the others are done. `progress`: called after each request, with the number of changes that were tried. */
export async function applyPlan(
  people: PeopleAdministration,
  changes: readonly Change[],
  progress: (tried: number) => void = () => undefined,
): Promise<Undone[]> {
  const problems: Undone[] = [];
  const ids = new Map<Change, string>();
  for (let start = 0; start < changes.length; start += atOnce) {
    await applyToPeople(people, changes.slice(start, start + atOnce), ids, problems);
    progress(Math.min(changes.length, start + atOnce));
  }
  await applyToGroups(people, ids, problems);
  return problems;
}

async function applyToPeople(
  people: PeopleAdministration,
  changes: readonly Change[],
  ids: Map<Change, string>,
  problems: Undone[],
): Promise<void> {
  // Where only the groups change, there is nothing to do to the person.
  const own = changes.filter(
    ({ action, body }) => action === 'delete' || !Array.isArray(body) || body.length > 0,
  );
  const results = own.length === 0 ? [] : await people.bulk(own.map(operationOf));
  const refused = new Set<Change>();
  own.forEach((change, index) => {
    const result = results[index];
    if (!isDone(result)) {
      refused.add(change);
      problems.push({ field: lineOrId(change), message: result?.response?.detail ?? 'it was not done' });
    } else if (change.action !== 'delete') ids.set(change, change.userId ?? idIn(result));
  });
  for (const change of changes)
    if (change.userId !== undefined && change.action !== 'delete' && !refused.has(change))
      ids.set(change, change.userId);
}

function operationOf({ action, userId, body }: Change): BulkOperation {
  if (action === 'delete') return { method: 'DELETE', path: `/Users/${userId}` };
  return userId === undefined
    ? { method: 'POST', path: '/Users', data: body as NewScimUser }
    : { method: 'PATCH', path: `/Users/${userId}`, data: patchOf(body as readonly ScimOperation[]) };
}

async function applyToGroups(
  people: PeopleAdministration,
  ids: ReadonlyMap<Change, string>,
  problems: Undone[],
): Promise<void> {
  const moves = new Map<string, { name: string; joining: string[]; leaving: string[] }>();
  const movesOf = (name: string) => {
    const found = moves.get(foldSpelling(name)) ?? { name, joining: [], leaving: [] };
    moves.set(foldSpelling(name), found);
    return found;
  };
  for (const [{ joins, leaves }, id] of ids) {
    for (const name of joins) movesOf(name).joining.push(id);
    for (const name of leaves) movesOf(name).leaving.push(id);
  }
  if (moves.size === 0) return;
  const groups = new Map(
    (await people.groups()).map(({ id, displayName }) => [foldSpelling(displayName), id]),
  );
  for (const [key, { name, joining, leaving }] of moves) {
    const groupId = groups.get(key) ?? (await createGroup(people, name, problems));
    if (groupId === undefined) continue;
    const operations: ScimOperation[] = [
      ...slices(joining).map(
        (members): ScimOperation => ({
          op: 'add',
          path: 'members',
          value: members.map((value) => ({ value })),
        }),
      ),
      ...leaving.map((id): ScimOperation => ({ op: 'remove', path: `members[value eq "${id}"]` })),
    ];
    for (const some of slices(operations)) {
      const [result] = await people.bulk([
        { method: 'PATCH', path: `/Groups/${groupId}`, data: patchOf(some) },
      ]);
      if (!isDone(result))
        problems.push({ field: `group ${name}`, message: result?.response?.detail ?? 'it was not done' });
    }
  }
}

async function createGroup(people: PeopleAdministration, displayName: string, problems: Undone[]) {
  const data = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName };
  const [result] = await people.bulk([{ method: 'POST', path: '/Groups', data }]);
  if (isDone(result)) return idIn(result);
  problems.push({ field: `group ${displayName}`, message: result?.response?.detail ?? 'it was not made' });
  return undefined;
}

function isDone(result: ScimBulkResult | undefined): boolean {
  return /^2/.test(result?.status ?? '');
}

function idIn(result: ScimBulkResult | undefined): string {
  const { location = '' } = result ?? {};
  return location.slice(location.lastIndexOf('/') + 1);
}

function lineOrId({ line, id }: Change): string {
  return line === undefined ? id : `line ${line}`;
}

function slices<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / atOnce);
  return Array.from({ length: count }, (_slice, index) => items.slice(index * atOnce, (index + 1) * atOnce));
}
