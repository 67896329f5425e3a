/** Plans and applies documents: all of them, or nothing. */
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import {
  type applyRequestSchema,
  type Document,
  type DocumentKindName,
  documentKindNames,
  type Plan,
  type PlannedChange,
} from '@gatehouse/contracts/documents';
import { definedOnly } from '@gatehouse/contracts/values';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { badRequest, conflict, normalizeError, preconditionFailed } from '@gatehouse/service-kit/errors';
import { isFresh } from '@gatehouse/service-kit/http';
import type { Pool, Queryable } from '@gatehouse/service-kit/postgres';
import type { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import { installationEtagOf } from '../answers.ts';
import type { Write, WriteContext, Writer } from '../changes/writer.ts';
import type { EnvironmentService } from '../environments/service.ts';
import type { Image } from '../images/decode.ts';
import type { ImageService } from '../images/service.ts';
import { freeDomains, type Installation, lockWriters, readInstallation } from './estate.ts';
import { keyOf, type Matched, matchDocuments } from './match.ts';
import { freeCenterNames, nameCenters, readCenterNames } from './names.ts';
import { conflictOf, nextManaged, otherOwnerOf, released } from './ownership.ts';
import { compared, requireKnownFields } from './planning.ts';
import { readDocuments } from './read-documents.ts';
import { sortSecrets } from './secrets.ts';
import * as store from './store.ts';
import type { Job, Kind, StoredNames, Thing, Wanted } from './thing.ts';
import { movingDomains } from './moving-domains.ts';

type Request = z.output<typeof applyRequestSchema>;

export type Kinds = Partial<Record<DocumentKindName, Kind>>;

export type ConfigurationService = ReturnType<typeof createConfigurationService>;

interface ConfigurationOptions {
  db: Pool;
  writer: Writer;
  secretBox: SecretBox;
  kinds: Kinds;
  environments: Pick<EnvironmentService, 'freeNames'>;
  images: Pick<ImageService, 'take'>;
}

/** One run of an apply, within its transaction. */
interface Run {
  request: Request;
  job: Job;
  matched: Matched;
  things: readonly Thing[];
  managed: ReadonlyMap<string, store.ManagedRow>;
  changes: PlannedChange[];
  nothing: number;
  /** What the rows of ownership become, by key; `undefined`: there is none any more. */
  next: Map<string, store.ManagedRow | undefined>;
}

const documentsPerTurn = 100;
const maxNamedChanges = 5;

/** Carries the plan out of a transaction that must be rolled back. */
class NotApplied extends Error {
  readonly plan: Plan;

  constructor(plan: Plan) {
    super('the plan is not applied');
    this.plan = plan;
  }
}

export function createConfigurationService({
  db,
  writer,
  secretBox,
  kinds,
  environments,
  images,
}: ConfigurationOptions) {
  const kindOf = (name: DocumentKindName): Kind => {
    const kind = kinds[name];
    if (kind === undefined) throw new Error(`nobody handles documents of the kind ${name}`);
    return kind;
  };

  /** Plans one document, and writes what differs. @throws what the API throws */
  async function applyOne(run: Run, wanted: Wanted): Promise<PlannedChange | undefined> {
    const { request, job, managed } = run;
    const { document, present } = wanted;
    const { kind: name, metadata } = document;
    const kind = kindOf(name);
    requireKnownFields(document);
    if (metadata.contactCenter !== undefined && wanted.contactCenterId === undefined)
      throw badRequest(
        `There is no contact centre ${JSON.stringify(metadata.contactCenter)}, and no document makes one`,
        { field: 'metadata.contactCenter', reason: 'unknown_reference' },
      );
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

  async function plan(run: Run): Promise<void> {
    const { request, matched, things, managed, job } = run;
    await job.write.db.query('SAVEPOINT configuration');
    const named = new Set(matched.wanted.map(({ document, id }) => keyOf({ kind: document.kind, id })));
    const obsolete = things
      .filter((thing) => !named.has(keyOf(thing)) && managed.get(keyOf(thing))?.madeBy === request.owner)
      .sort(inOrderOfDeletion);
    if (request.prune)
      for (const thing of obsolete)
        await attempt(run, { kind: thing.kind, ...shownPlace(thing.metadata) }, () => removeOne(run, thing));
    for (const [index, wanted] of matched.wanted.entries()) {
      const { kind, metadata } = wanted.document;
      const place = { kind, ...shownPlace(metadata) };
      if (!(await attempt(run, place, () => applyOne(run, wanted)))) run.nothing += 1;
      if (index % documentsPerTurn === 0) await yieldToOthers();
    }
    releaseOthers(run, named);
  }

  async function run(context: WriteContext, request: Request, documents: readonly Document[]): Promise<Plan> {
    const pictures = await decodePictures(documents, images);
    const { owner, revision } = request;
    const shown = revision === undefined ? owner : `${owner}@${revision}`;
    const named = { ...context, operationId: context.operationId ?? shown };
    return writer.write(named, async (write) => {
      if (!(await store.takeTurn(write.db, owner)))
        throw conflict(`Another apply of ${owner} is under way: try again when it is done`, {
          field: 'owner',
          reason: 'in_use',
        });
      await lockWriters(write.db);
      await nameCenters(write.db);
      const estate = await readInstallation(write.db);
      await requireUnchanged(write.db, context.ifMatch, estate.change);
      requireOwnName(await store.readOwner(write.db, owner), context.caller, request);
      const things = await thingsOf(write.db, estate, kinds);
      const matched = matchDocuments(documents, things);
      const inner = { ...named, ifMatch: undefined, keyed: undefined, within: write };
      const job: Job = { context: inner, write, names: matched.names, pictures };
      const rows = await store.listManaged(write.db);
      const managed = new Map(rows.map((row) => [keyOf(row), row]));
      const state: Run = {
        request,
        job,
        matched,
        things,
        managed,
        changes: [],
        nothing: 0,
        next: new Map(),
      };
      await freeMoving(write, matched, environments);
      await plan(state);
      const answer = planOf(state);
      if (answer.summary.refused > 0 || request.dryRun || request.check) throw new NotApplied(answer);
      await store.writeOwner(write.db, owner, context.caller, revision);
      await writeOwnership(write.db, state);
      return { ...answer, isApplied: true };
    });
  }

  return {
    /** @throws AppError 400, 409, 412, ZodError for what is no document */
    async apply(context: WriteContext, request: Request): Promise<Plan> {
      const documents = await readDocuments(request.documents);
      try {
        return await run(context, request, documents);
      } catch (error) {
        if (!(error instanceof NotApplied)) throw error;
        const { plan } = error;
        if (request.check) await store.writeDrift(db, request.owner, context.caller, driftOf(plan));
        return plan;
      }
    },
    owners: (): Promise<store.Owner[]> => store.listOwners(db),
  };
}

async function thingsOf(db: Queryable, estate: Installation, kinds: Kinds): Promise<Thing[]> {
  const names: StoredNames = {
    environments: new Map(estate.environments.map(({ id, name }) => [id, name])),
    contactCenters: await readCenterNames(db),
  };
  return documentKindNames.flatMap((kind) => kinds[kind]?.list(estate, names) ?? []);
}

/** Names and domains that go from one thing to another are free meanwhile. */
async function freeMoving(
  write: Write,
  { wanted, renamed }: Matched,
  environments: Pick<EnvironmentService, 'freeNames'>,
): Promise<void> {
  const renamedEnvironments = renamed.get('Environment') ?? [];
  if (renamedEnvironments.length > 0) await environments.freeNames(write.db, renamedEnvironments);
  const renamedCenters = renamed.get('ContactCenter') ?? [];
  if (renamedCenters.length > 0) await freeCenterNames(write.db, renamedCenters);
  const moving = movingDomains(wanted);
  if (moving.length > 0) await freeDomains(write.db, moving);
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

async function writeOwnership(db: Queryable, { next, managed }: Run): Promise<void> {
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

/** Decodes every logo that is not stored yet. @throws AppError 400, 503 */
async function decodePictures(documents: readonly Document[], images: Pick<ImageService, 'take'>) {
  const pictures = new Map<string, Image>();
  for (const [index, { kind, spec }] of documents.entries()) {
    const logo = spec['logo'];
    if (kind !== 'Branding' || typeof logo !== 'string' || pictures.has(logo)) continue;
    const bytes = Buffer.from(logo.slice(logo.indexOf(',') + 1), 'base64');
    pictures.set(logo, await images.take(bytes, `documents.${index}.spec.logo`));
  }
  return pictures;
}

/** @throws AppError 409 */
function requireOwnFields(
  row: store.ManagedRow | undefined,
  owner: string,
  supplied: readonly string[],
  { kind, metadata }: Document,
): void {
  const found = conflictOf(row, owner, supplied);
  if (found === undefined) return;
  throw conflict(
    `${found.field} of the ${kind} ${JSON.stringify(metadata.name)} is set by ${found.owner}, so ${owner} does not set it: leave it out, or take it over`,
    { field: `spec.${found.field}`, reason: 'other_owner' },
  );
}

/** Nor what is deleted with it. @throws AppError 409 */
function requireOwnThing(thing: Thing, managed: ReadonlyMap<string, store.ManagedRow>, owner: string): void {
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
function requireOwnName(known: store.Owner | undefined, { kind, name }: Caller, { takeOver }: Request): void {
  if (known === undefined || takeOver || (known.actorKind === kind && known.actor === name)) return;
  throw conflict(
    `${known.actor} applies under the name ${known.owner}: choose another name, or take it over`,
    { field: 'owner', reason: 'other_owner' },
  );
}

/** @throws AppError 412 that says who has changed what since the plan */
async function requireUnchanged(db: Queryable, ifMatch: string | undefined, change: number): Promise<void> {
  const etag = installationEtagOf(change);
  if (ifMatch === undefined || isFresh(ifMatch, etag)) return;
  const seen = /"estate-(\d{1,15})"/.exec(ifMatch)?.[1];
  const changes = seen === undefined ? [] : await store.changesSince(db, Number(seen), maxNamedChanges);
  const told = changes.map(
    ({ actor, action, entity, entityId }) => `${actor}: ${action} ${entity} ${entityId}`,
  );
  throw preconditionFailed(
    `The installation has changed since the plan (${[...told, `now ${etag}`].join('; ')}): look at a new plan`,
    { field: 'If-Match' },
  );
}

/** Undefined: it is no refusal. */
function refusalOf(error: unknown, kind: DocumentKindName) {
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
  });
}

/** The APIs have in one body what a document has in three parts. */
function placeOf(field: string, kind: DocumentKindName): string {
  if (/^(?:spec|metadata|secrets)\./.test(field)) return field;
  const isPlace =
    field === 'location' || (field === 'name' && kind !== 'ContactCenter' && kind !== 'Branding');
  return `${isPlace ? 'metadata' : 'spec'}.${field}`;
}

function planOf({ request, changes, nothing }: Run): Plan {
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

function driftOf({ summary: { nothing: _nothing, ...drift } }: Plan): store.Drift {
  return drift;
}

function shownPlace({ name, contactCenter, location, way }: Document['metadata']) {
  return { name, ...definedOnly({ contactCenter, location, way }) };
}

/** What needs others goes first. */
function inOrderOfDeletion(one: Thing, other: Thing): number {
  return documentKindNames.indexOf(other.kind) - documentKindNames.indexOf(one.kind);
}
