/** Plans and applies documents: all of them, or nothing. */
import { type ForwardedPlan, isForwarded } from '@gatehouse/contracts/auth-api';
import {
  type Document,
  documentKindNames,
  type ManagedQuery,
  type ManagedThing,
  type Plan,
} from '@gatehouse/contracts/documents';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { conflict } from '@gatehouse/service-kit/errors';
import type { Pool, Queryable } from '@gatehouse/service-kit/postgres';
import { RolledBack } from '../changes/rolled-back.ts';
import type { Write, WriteContext, Writer } from '../changes/writer.ts';
import type { EnvironmentService } from '../environments/service.ts';
import type { ImageService } from '../images/service.ts';
import { documentPieces } from './document-pieces.ts';
import { freeDomains, type Installation, lockWriters, readInstallation } from './estate.ts';
import type { Forwarding } from './forwarded.ts';
import { managedRowOf, managedThings } from './managed.ts';
import { keyOf, type Matched, matchDocuments } from './match.ts';
import { movingDomains } from './moving-domains.ts';
import { freeCenterNames, nameCenters, readCenterNames } from './names.ts';
import { decodePictures } from './pictures.ts';
import { readDocuments } from './read-documents.ts';
import { requireOwnName, requireUnchanged } from './refusals.ts';
import { type ApplyRequest, createRunner, type Kinds, planOf, type Run, writeOwnership } from './run.ts';
import { createSnapshots } from './snapshots.ts';
import * as store from './store.ts';
import type { StoredNames, Thing } from './thing.ts';

export type ConfigurationService = ReturnType<typeof createConfigurationService>;

interface ConfigurationOptions {
  db: Pool;
  writer: Writer;
  secretBox: SecretBox;
  kinds: Kinds;
  environments: Pick<EnvironmentService, 'freeNames'>;
  images: Pick<ImageService, 'take'>;
  forwarding: Forwarding;
}

/** A plan that is not applied. */
class NotApplied extends RolledBack<Plan> {}

export function createConfigurationService({
  db,
  writer,
  secretBox,
  kinds,
  environments,
  images,
  forwarding,
}: ConfigurationOptions) {
  const openSnapshot = createSnapshots(db);
  const plan = createRunner({ secretBox, kinds });

  /** What Auth API is to write follows the commit: it is planned before, and may be sent again. */
  async function run(
    context: WriteContext,
    request: ApplyRequest,
    documents: readonly Document[],
  ): Promise<{ plan: Plan; finish?: (() => Promise<Plan>) | undefined }> {
    const pictures = await decodePictures(documents.map(logoOf), images);
    const { owner, revision } = request;
    const shown = revision === undefined ? owner : `${owner}@${revision}`;
    // An apply may be repeated, so no answer of it is kept.
    const named = { ...context, operationId: context.operationId ?? shown, keyed: undefined };
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
      const managed = await store.listManaged(write.db);
      const inner = { ...named, ifMatch: undefined, within: write };
      const state: Run = {
        request,
        job: { context: inner, write, names: matched.names, pictures },
        matched,
        things,
        managed: new Map(managed.map((row) => [keyOf(row), row])),
        changes: [],
        nothing: 0,
        refused: new Set(),
        next: new Map(),
      };
      await freeMoving(write, matched, environments);
      await plan(state);
      const send = forwarding.plan(named, request, matched);
      const own = { ...state };
      const withForwarded = ({ changes, nothing }: ForwardedPlan) =>
        planOf({ request, changes: [...own.changes, ...changes], nothing: own.nothing + nothing });
      const answer = withForwarded(send === undefined ? { changes: [], nothing: 0 } : await send(true));
      if (answer.summary.refused > 0 || request.dryRun || request.check) throw new NotApplied(answer);
      await store.writeOwner(write.db, owner, context.caller, revision);
      await writeOwnership(write.db, state);
      return {
        plan: { ...answer, isApplied: true },
        finish: send && (async () => appliedOf(withForwarded(await send(false)))),
      };
    });
  }

  return {
    /** @throws AppError 400, 409, 412, ZodError for what is no document */
    async apply(context: WriteContext, request: ApplyRequest): Promise<Plan> {
      const documents = await readDocuments(request.documents);
      try {
        const { plan, finish } = await run(context, request, documents);
        return finish === undefined ? plan : await finish();
      } catch (error) {
        if (!(error instanceof NotApplied)) throw error;
        const plan = error.result;
        if (request.check) await store.writeDrift(db, request.owner, context.caller, driftOf(plan));
        return plan;
      }
    },
    owners: (): Promise<store.Owner[]> => store.listOwners(db),
    /** Which owners keep a thing, or the things of a kind. @throws AppError 503 */
    async managed(query: ManagedQuery): Promise<ManagedThing[]> {
      const { kind, name } = query;
      const rows = isForwarded(kind)
        ? await forwarding.managed(kind, name)
        : await store.findManaged(db, managedRowOf(query));
      return rows.length === 0 ? [] : managedThings(kind, rows, await store.revisionsOf(db));
    },
    /** The caller must close it. @throws AppError 503 while too many are open */
    openSnapshot,
    /** The installation as documents: pieces of the answer, and the state that they are of. @throws AppError 503 */
    async documents() {
      const { close, ...snapshot } = await openSnapshot();
      try {
        const names = await readCenterNames(db);
        const forwarded = await forwarding.list(names);
        const pieces = documentPieces(snapshot, kinds, { names, forwarded });
        return { change: snapshot.frame.change, pieces, close };
      } catch (error) {
        await close();
        throw error;
      }
    },
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
  const moving = movingDomains(
    wanted.flatMap(({ document: { kind, spec }, id, present }) =>
      kind === 'ContactCenter' ? [{ id, wanted: spec['domains'], present: present?.spec['domains'] }] : [],
    ),
  );
  if (moving.length > 0) await freeDomains(write.db, moving);
}

function logoOf({ kind, spec }: Document, index: number) {
  return [`documents.${index}.spec.logo`, kind === 'Branding' ? spec['logo'] : undefined] as const;
}

/** What was refused by then, after it was planned, keeps the whole from being done. */
function appliedOf(plan: Plan): Plan {
  return { ...plan, isApplied: plan.summary.refused === 0 };
}

function driftOf({ summary: { nothing: _nothing, ...drift } }: Plan): store.Drift {
  return drift;
}
