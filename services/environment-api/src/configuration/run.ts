/** Plans and writes the documents of one apply, within its transaction. */
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { isForwarded } from '@gatehouse/contracts/auth-api';
import {
  type applyRequestSchema,
  type Document,
  type DocumentKindName,
  documentKindNames,
  nextManaged,
  type Plan,
  type PlannedChange,
  released,
} from '@gatehouse/contracts/documents';
import { definedOnly } from '@gatehouse/contracts/values';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { z } from 'zod';
import { keyOf, type Matched } from './match.ts';
import { compared, requireKnownFields } from './planning.ts';
import { refusalOf, requireCenter, requireOwnFields, requireOwnThing, requireUnrefused } from './refusals.ts';
import { sortSecrets } from './secrets.ts';
import * as store from './store.ts';
import type { Job, Kind, Thing, Wanted } from './thing.ts';

export type ApplyRequest = z.output<typeof applyRequestSchema>;
export type Kinds = Partial<Record<DocumentKindName, Kind>>;

/** One run of an apply, within its transaction. */
export interface Run {
  request: ApplyRequest;
  job: Job;
  matched: Matched;
  things: readonly Thing[];
  managed: ReadonlyMap<string, store.ManagedRow>;
  changes: PlannedChange[];
  nothing: number;
  /** Ids of what is not made, because its document is refused. */
  refused: Set<string>;
  /** What the rows of ownership become, by key; `undefined`: there is none any more. */
  next: Map<string, store.ManagedRow | undefined>;
}

const documentsPerTurn = 100;

export function createRunner({ secretBox, kinds }: { secretBox: SecretBox; kinds: Kinds }) {
  const kindOf = (name: DocumentKindName): Kind => {
    const kind = kinds[name];
    if (kind === undefined) throw new Error(`documents of the kind ${name} are not applied here`);
    return kind;
  };

  /** Plans one document, and writes what differs. @throws what the API throws */
  async function applyOne(run: Run, wanted: Wanted): Promise<PlannedChange | undefined> {
    const { request, job, managed } = run;
    const { document, present } = wanted;
    const { kind: name, metadata } = document;
    const kind = kindOf(name);
    requireKnownFields(document);
    requireCenter(wanted);
    requireUnrefused(wanted, run.refused, job.names);
    const secrets = sortSecrets(secretBox, present, document.secrets ?? {});
    const reading = kind.read(wanted, job);
    const { supplied, differences } = compared(wanted, reading, secrets);
    const row = managed.get(keyOf({ kind: name, id: wanted.id }));
    // What is no longer there belongs to nobody.
    const before = present === undefined ? undefined : row;
    if (!request.takeOver) requireOwnFields(before, request.owner, supplied, document);
    const isMade = present === undefined;
    if (isMade || differences.length > 0) await kind.write(job, wanted, reading, secrets);
    run.next.set(keyOf({ kind: name, id: wanted.id }), {
      kind: name,
      id: wanted.id,
      contactCenterId: wanted.contactCenterId ?? null,
      ...nextManaged(before, request.owner, { supplied, isMade, takesOver: request.takeOver }),
    });
    if (isMade) return { kind: name, ...shownPlace(metadata), action: 'create', fields: differences };
    if (differences.length === 0) return undefined;
    return { kind: name, ...shownPlace(metadata), action: 'change', fields: differences };
  }

  async function removeOne(run: Run, thing: Thing): Promise<PlannedChange> {
    const { request, job, managed } = run;
    if (!request.takeOver) requireOwnThing(thing, managed, request.owner);
    await kindOf(thing.kind).remove(job, thing);
    run.next.set(keyOf(thing), undefined);
    return { kind: thing.kind, ...shownPlace(thing.metadata), action: 'delete', fields: [] };
  }

  /** What is refused is undone, so that the rest of the plan can be told. */
  async function attempt(
    { job: { write }, changes }: Run,
    place: Pick<PlannedChange, 'kind' | 'name'>,
    work: () => Promise<PlannedChange | undefined>,
  ): Promise<boolean> {
    try {
      const change = await work();
      if (change === undefined) return false;
      changes.push(change);
    } catch (error) {
      const refused = refusalOf(error, place.kind);
      if (refused === undefined) throw error;
      await write.db.query('ROLLBACK TO SAVEPOINT configuration');
      changes.push({ ...place, action: 'refused', fields: [], ...refused });
    }
    await write.db.query('RELEASE SAVEPOINT configuration');
    await write.db.query('SAVEPOINT configuration');
    return true;
  }

  return async (run: Run): Promise<void> => {
    const { request, matched, things, managed, job } = run;
    await job.write.db.query('SAVEPOINT configuration');
    const named = new Set(matched.wanted.map(({ document, id }) => keyOf({ kind: document.kind, id })));
    const isObsolete = (thing: Thing) =>
      request.prune && !named.has(keyOf(thing)) && managed.get(keyOf(thing))?.madeBy === request.owner;
    const obsolete = things.filter(isObsolete).sort(inOrderOfDeletion);
    const remove = async (thing: Thing) =>
      attempt(run, { kind: thing.kind, ...shownPlace(thing.metadata) }, () => removeOne(run, thing));
    // A contact centre that goes may have a domain that another one gets.
    for (const thing of obsolete) if (!isNeededByOthers(thing)) await remove(thing);
    for (const [index, wanted] of matched.wanted.entries()) {
      if (isForwarded(wanted.document.kind)) continue;
      const { kind, metadata } = wanted.document;
      const place = { kind, ...shownPlace(metadata) };
      if (!(await attempt(run, place, () => applyOne(run, wanted)))) run.nothing += 1;
      else if (wanted.present === undefined && run.changes.at(-1)?.action === 'refused')
        run.refused.add(wanted.id);
      if (index % documentsPerTurn === 0) await yieldToOthers();
    }
    // By now contact centres have left it.
    for (const thing of obsolete) if (isNeededByOthers(thing)) await remove(thing);
    releaseOthers(run, named);
  };
}

/** Fields of documents that are gone are nobody's, and so is what is gone itself. */
function releaseOthers(
  { request: { owner, prune }, things, managed, next }: Run,
  named: ReadonlySet<string>,
) {
  const present = new Set(things.map(keyOf));
  for (const [key, row] of managed) {
    if (next.has(key) || named.has(key)) continue;
    if (!present.has(key)) next.set(key, undefined);
    // Without pruning it may still be deleted by a later apply.
    else if (prune || row.madeBy !== owner) next.set(key, { ...row, ...released(row, owner) });
  }
}

export async function writeOwnership(db: Queryable, { next, managed }: Run): Promise<void> {
  const gone: store.ManagedRow[] = [];
  const written: store.ManagedRow[] = [];
  for (const [key, row] of next) {
    const before = managed.get(key);
    const isEmpty = row === undefined || (row.madeBy === null && Object.keys(row.fields).length === 0);
    if (isEmpty) {
      if (before !== undefined) gone.push(before);
    } else if (JSON.stringify(before) !== JSON.stringify(row)) written.push(row);
  }
  await store.deleteManaged(db, gone);
  await store.writeManaged(db, written);
}

export function planOf({ request, changes, nothing }: Pick<Run, 'request' | 'changes' | 'nothing'>): Plan {
  const count = (action: PlannedChange['action']) =>
    changes.filter((change) => change.action === action).length;
  return {
    owner: request.owner,
    ...definedOnly({ revision: request.revision }),
    dryRun: request.dryRun || request.check,
    isApplied: false,
    isDifferent: changes.length > 0,
    summary: {
      create: count('create'),
      change: count('change'),
      delete: count('delete'),
      nothing,
      refused: count('refused'),
    },
    changes,
  };
}

function shownPlace({ name, contactCenter, location, way }: Document['metadata']) {
  return { name, ...definedOnly({ contactCenter, location, way }) };
}

/** What needs others goes first. */
function inOrderOfDeletion(one: Thing, other: Thing): number {
  return documentKindNames.indexOf(other.kind) - documentKindNames.indexOf(one.kind);
}

function isNeededByOthers({ kind }: Thing): boolean {
  return kind === 'Environment' || kind === 'Location';
}
