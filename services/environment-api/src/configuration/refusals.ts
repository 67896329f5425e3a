/** Refuses what an apply may not do, and says of what was refused why, as the API does. */
import {
  conflictOf,
  type Document,
  type DocumentKindName,
  otherOwnerOf,
} from '@gatehouse/contracts/documents';
import { definedOnly } from '@gatehouse/contracts/values';
import { badRequest, conflict, normalizeError, preconditionFailed } from '@gatehouse/service-kit/errors';
import { isFresh } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Caller } from '../access/caller.ts';
import { installationEtagOf } from '../answers.ts';
import { keyOf } from './match.ts';
import * as store from './store.ts';
import type { Names, Thing, Wanted } from './thing.ts';

const maxNamedChanges = 5;

/** @throws AppError 400 */
export function requireCenter({ document: { metadata }, contactCenterId }: Wanted): void {
  if (metadata.contactCenter === undefined || contactCenterId !== undefined) return;
  throw badRequest(
    `There is no contact centre ${JSON.stringify(metadata.contactCenter)}, and no document makes one`,
    { field: 'metadata.contactCenter', reason: 'unknown_reference' },
  );
}

/** What a new thing needs is refused with it, which says more than that it is not there. @throws AppError 409 */
export function requireUnrefused(
  { document: { kind, metadata, spec }, contactCenterId }: Wanted,
  refused: ReadonlySet<string>,
  names: Pick<Names, 'environmentId'>,
): void {
  const { environment } = spec;
  const needed =
    kind === 'ContactCenter'
      ? typeof environment === 'string' && { id: names.environmentId(environment), field: 'spec.environment' }
      : contactCenterId !== undefined && { id: contactCenterId, field: 'metadata.contactCenter' };
  if (!needed || !refused.has(needed.id)) return;
  const name = kind === 'ContactCenter' ? environment : metadata.contactCenter;
  throw conflict(
    `The document of ${JSON.stringify(name)} is refused, and this one needs it: correct that one`,
    {
      field: needed.field,
      reason: 'unknown_reference',
    },
  );
}

/** @throws AppError 409 */
export function requireOwnFields(
  row: store.ManagedRow | undefined,
  owner: string,
  supplied: readonly string[],
  document: Document,
): void {
  const found = conflictOf(document, row, owner, supplied);
  if (found === undefined) return;
  const { message, ...where } = found;
  throw conflict(message, where);
}

/** Nor what is deleted with it. @throws AppError 409 */
export function requireOwnThing(
  thing: Thing,
  managed: ReadonlyMap<string, store.ManagedRow>,
  owner: string,
): void {
  const within =
    thing.kind === 'ContactCenter'
      ? [...managed.values()].filter(({ contactCenterId }) => contactCenterId === thing.id)
      : [managed.get(keyOf(thing))];
  for (const row of within) {
    const other = otherOwnerOf(row, owner);
    if (other === undefined) continue;
    throw conflict(
      `The ${thing.kind} ${JSON.stringify(thing.metadata.name)} has something that ${other} has set, so ${owner} does not delete it: take it over, or delete it there first`,
      { reason: 'other_owner' },
    );
  }
}

/** The name of an owner belongs to the caller that applies under it. @throws AppError 409 */
export function requireOwnName(
  known: store.Owner | undefined,
  { kind, name }: Caller,
  { takeOver }: { takeOver: boolean },
): void {
  if (known === undefined || takeOver || (known.actorKind === kind && known.actor === name)) return;
  throw conflict(
    `${known.actor} applies under the name ${known.owner}: choose another name, or take it over`,
    { field: 'owner', reason: 'other_owner' },
  );
}

/** @throws AppError 412 that says who has changed what since the plan */
export async function requireUnchanged(
  db: Queryable,
  ifMatch: string | undefined,
  change: number,
): Promise<void> {
  const etag = installationEtagOf(change);
  if (ifMatch === undefined || isFresh(ifMatch, etag)) return;
  const seen = /"estate-(\d{1,15})"/.exec(ifMatch)?.[1];
  const changes = seen === undefined ? [] : await store.changesSince(db, Number(seen), maxNamedChanges);
  const told = changes.map(
    ({ actor, action, entity, entityId }) => `${actor}: ${action} ${entity} ${entityId}`,
  );
  throw preconditionFailed(
    `The installation has changed since it was read (${[...told, `now ${etag}`].join('; ')}): look at a new plan`,
    { field: 'If-Match' },
  );
}

/** Undefined: it is no refusal. */
export function refusalOf(error: unknown, kind: DocumentKindName) {
  if (!(error instanceof Error)) return undefined;
  const refused = normalizeError(error);
  if (refused.status >= 500) return undefined;
  const [problem] = refused.problems;
  const isTold = problem === undefined || problem.message === refused.message;
  return definedOnly({
    reason: refused.why.reason ?? problem?.reason ?? refused.name,
    sentence: (isTold ? refused.message : `${problem.field} ${problem.message}`).replace(
      /\bdata\.(?=[a-z])/g,
      '',
    ),
    field: problem && placeOf(problem.field.replace(/^data\./, ''), kind),
    isWrong: refused.status === 400,
  });
}

/** The APIs have in one body what a document has in three parts. */
function placeOf(field: string, kind: DocumentKindName): string {
  if (/^(?:kind$|(?:spec|metadata|secrets)\.)/.test(field)) return field;
  const isPlace =
    field === 'location' || (field === 'name' && kind !== 'ContactCenter' && kind !== 'Branding');
  return `${isPlace ? 'metadata' : 'spec'}.${field}`;
}
