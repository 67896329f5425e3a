/**
 * Plans and applies the documents that Environment API forwards. Each thing is a transaction of its own, because tokens end with
 * its change. Ownership is written before what is made, so that an apply that dies at any step ends in the same state when it is repeated.
 */
import type { ForwardedPlan, forwardedDocumentsSchema } from '@gatehouse/contracts/auth-api';
import {
  documentApiVersion as apiVersion,
  conflictOf,
  type Document,
  type DocumentKindName,
  differenceOf,
  nextManaged,
  otherOwnerOf,
  type PlannedChange,
  released,
} from '@gatehouse/contracts/documents';
import { definedOnly } from '@gatehouse/contracts/values';
import {
  type AppError,
  conflict,
  forbidden,
  normalizeError,
  unavailable,
} from '@gatehouse/service-kit/errors';
import { type Pool, withAdvisoryLock } from '@gatehouse/service-kit/postgres';
import type { z } from 'zod';
import type { Actor } from '../../core/administration/actor.ts';
import type { Kind, ManagedDocument, Place, Present, Step } from './kind.ts';
import * as store from './store.ts';

type Request = z.output<typeof forwardedDocumentsSchema>;
type Key = Pick<ManagedDocument, 'kind' | 'id'>;

interface Planned {
  steps: (Key & { step: Step })[];
  deletions: (Key & { present: Present })[];
  changes: PlannedChange[];
  nothing: number;
  managed: Map<string, ManagedDocument>;
  /** Keys of what documents name. */
  named: Set<string>;
}

export type DocumentService = ReturnType<typeof createDocumentService>;

/** `kinds`: in the order in which they are written. */
export function createDocumentService({ pool, kinds }: { pool: Pool; kinds: readonly Kind[] }) {
  async function plan(request: Request): Promise<Planned> {
    const managed = new Map((await store.listManaged(pool)).map((row) => [keyOf(row), row]));
    const planned: Planned = { steps: [], deletions: [], changes: [], nothing: 0, managed, named: new Set() };
    for (const kind of kinds) await planKind(request, planned, kind);
    return planned;
  }

  return {
    /** Nothing is written where anything is refused. @throws AppError 412 where somebody has changed a client meanwhile, 503 during another apply */
    async apply(request: Request, actor: Actor): Promise<ForwardedPlan> {
      const done = await withAdvisoryLock(pool, store.applyLock, async () => {
        const planned = await plan(request);
        const isRefused = planned.changes.some(({ action }) => action === 'refused');
        if (!request.dryRun && !isRefused) await execute(pool, request, actor, planned);
        return { changes: planned.changes, nothing: planned.nothing };
      });
      if (done !== undefined) return done;
      throw unavailable('the lock of documents', { retryAfterSeconds: 5 });
    },
    /** What is there, without secrets. */
    async list(): Promise<Document[]> {
      const all = kinds.map(async ({ name: kind, list }) =>
        (await list()).map((document): Document => ({ apiVersion, kind, ...document })),
      );
      return (await Promise.all(all)).flat();
    },
    /** Which owners keep what. `id`: undefined for all of the kind. */
    managed: (kind: DocumentKindName, id: string | undefined) => store.findManaged(pool, kind, id),
  };
}

async function planKind(request: Request, planned: Planned, kind: Kind): Promise<void> {
  const { owner, prune } = request;
  const own = request.documents.filter((document) => document.kind === kind.name);
  const { ids, isWhole } = await identified(request, planned, kind, own);
  const made = [...planned.managed.values()].filter(
    (row) => row.kind === kind.name && row.madeBy === owner && !planned.named.has(keyOf(row)),
  );
  const present = await kind.open([...ids.values(), ...made.map(({ id }) => id)]);
  // A thing whose document could not be read is not gone.
  if (prune && isWhole) for (const row of made) planDeletion(request, planned, row, present);
  for (const [document, id] of ids) {
    const key = { kind: kind.name, id };
    const row = present.placeOf(id) && planned.managed.get(keyOf(key));
    await attempt(planned, document, async () => {
      const step = await present.plan(document, id, row);
      if (!request.takeOver) requireOwn(document, row, owner, step.supplied);
      planned.steps.push({ ...key, step });
      if (!step.isMade && step.fields.length === 0) return undefined;
      return changeOf(document, step.isMade ? 'create' : 'change', step.fields);
    });
  }
}

/** The id of what each document is about. */
async function identified(request: Request, planned: Planned, kind: Kind, documents: readonly Document[]) {
  const { dryRun, founded } = request;
  const ids = new Map<Document, string>();
  let isWhole = true;
  for (const document of documents) {
    const { contactCenter } = document.metadata;
    const refusal = refusalOf(request, kind.name);
    // Nobody can be found in a contact centre that the same apply makes.
    if (!refusal && dryRun && contactCenter !== undefined && founded.includes(contactCenter)) {
      const fields = Object.entries(document.spec).map(([field, to]) => differenceOf(field, undefined, to));
      planned.changes.push(changeOf(document, 'create', fields));
      continue;
    }
    const isIdentified = await attempt(planned, document, async () => {
      if (refusal !== undefined) throw refusal;
      const id = await kind.identify(document);
      const key = keyOf({ kind: kind.name, id });
      if (planned.named.has(key))
        throw conflict(`Another document is about the same ${kind.name}: keep one`, {
          field: 'metadata.name',
          reason: 'repeated',
        });
      planned.named.add(key);
      ids.set(document, id);
      return 'planned later';
    });
    isWhole = isWhole && isIdentified;
  }
  return { ids, isWhole };
}

/** False: it is refused. @throws what is no refusal */
async function attempt(
  planned: Planned,
  document: Document,
  work: () => Promise<PlannedChange | 'planned later' | undefined>,
): Promise<boolean> {
  try {
    const change = await work();
    if (change === undefined) planned.nothing += 1;
    else if (change !== 'planned later') planned.changes.push(change);
    return true;
  } catch (error) {
    if (!(error instanceof Error) || normalizeError(error).status >= 500) throw error;
    planned.changes.push({ ...changeOf(document, 'refused', []), ...wordsOf(error) });
    return false;
  }
}

function planDeletion(request: Request, planned: Planned, row: ManagedDocument, present: Present): void {
  const { owner, takeOver } = request;
  const place = present.placeOf(row.id);
  if (place === undefined) return;
  const { kind, id } = row;
  const other = takeOver ? undefined : otherOwnerOf(row, owner);
  const refusal = other === undefined ? refusalOf(request, kind) : keptBy(other, owner, kind, place);
  if (refusal === undefined) {
    planned.deletions.push({ kind, id, present });
    planned.changes.push({ kind, ...place, action: 'delete', fields: [] });
  } else planned.changes.push({ kind, ...place, action: 'refused', fields: [], ...wordsOf(refusal) });
}

/** As at the routes of administrators: a client that appoints people would keep a right when it loses its own. */
function refusalOf({ mayAppoint }: Request, kind: DocumentKindName): AppError | undefined {
  if (kind !== 'Administrator' || mayAppoint) return undefined;
  return forbidden(
    'A client changes no list of administrators: apply these documents as the operator account or as an administrator',
  );
}

function keptBy(other: string, owner: string, kind: DocumentKindName, { name }: Place): AppError {
  return conflict(
    `The ${kind} ${JSON.stringify(name)} has something that ${other} has set, so ${owner} does not delete it: take it over`,
    { reason: 'other_owner' },
  );
}

async function execute(pool: Pool, request: Request, actor: Actor, planned: Planned): Promise<void> {
  for (const { present, ...key } of planned.deletions) {
    await present.remove(key.id, actor);
    await store.deleteManaged(pool, key);
  }
  for (const { step, ...key } of planned.steps) {
    const { isMade, supplied, fields } = step;
    const before = planned.managed.get(keyOf(key));
    const known = isMade ? undefined : before;
    const next = nextManaged(known, request.owner, {
      supplied: [...supplied].sort(),
      isMade,
      takesOver: request.takeOver,
    });
    const mark = { secretMac: known?.secretMac ?? null, secretHash: known?.secretHash ?? null };
    const row = { ...key, ...next, ...mark };
    if (JSON.stringify(row) !== JSON.stringify(before)) await store.writeManaged(pool, row);
    if (!isMade && fields.length === 0) continue;
    const written = await step.write(actor);
    if (written !== undefined) await store.writeManaged(pool, { ...row, ...written });
  }
  await release(pool, request, planned);
}

/** Fields of documents that are gone are nobody's. What the owner made stays its own until it prunes. */
async function release(pool: Pool, { owner, prune }: Request, { managed, named }: Planned): Promise<void> {
  for (const row of managed.values()) {
    if (named.has(keyOf(row)) || row.madeBy === owner) continue;
    if (!prune && !Object.values(row.fields).includes(owner)) continue;
    const rest = { ...row, ...released(row, owner) };
    if (rest.madeBy === null && Object.keys(rest.fields).length === 0) await store.deleteManaged(pool, row);
    else await store.writeManaged(pool, rest);
  }
}

/** @throws AppError 409 */
function requireOwn(
  document: Document,
  managed: ManagedDocument | undefined,
  owner: string,
  supplied: readonly string[],
): void {
  const found = conflictOf(document, managed, owner, supplied);
  if (found === undefined) return;
  const { message, ...where } = found;
  throw conflict(message, where);
}

const keyOf = ({ kind, id }: Key) => `${kind} ${id}`;

function changeOf(
  { kind, metadata: { name, contactCenter, way } }: { kind: DocumentKindName; metadata: Place },
  action: PlannedChange['action'],
  fields: PlannedChange['fields'],
): PlannedChange {
  return { kind, name, ...definedOnly({ contactCenter, way }), action, fields };
}

function wordsOf(error: Error) {
  const { why, name, message, problems, status } = normalizeError(error);
  const [problem] = problems;
  const field = problem?.field.replace(/^data\./, '');
  return definedOnly({
    reason: why.reason ?? problem?.reason ?? name,
    sentence: problem === undefined || problem.message === message ? message : `${field}: ${problem.message}`,
    field: field && (/^(?:spec|secrets|metadata)\./.test(field) ? field : `spec.${field}`),
    isWrong: status === 400,
  });
}
