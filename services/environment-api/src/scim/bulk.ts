/** Runs the operations of a bulk request (RFC 7644 section 3.7) in one transaction, each as if it had come alone. */
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { AppError, unavailable } from '@gatehouse/service-kit/errors/app-error';
import { normalizeError } from '@gatehouse/service-kit/errors/normalize';
import { createSemaphore } from '@gatehouse/service-kit/limits/semaphore';
import type { Write, WriteContext, Writer, Written } from '../changes/writer.ts';
import { maxAnnounced } from '../people/group-service.ts';
import type { Home } from '../people/person.ts';
import { provisionerOf } from '../people/service.ts';
import { type BulkOperation, readBulk, referencesIn, resolved } from './bulk-request.ts';
import { scimError, scimErrorOf } from './errors.ts';
import type { Groups } from './groups.ts';
import { scimTagOf } from './user.ts';
import type { Users } from './users.ts';

export interface BulkResult {
  method: string;
  bulkId?: string | undefined;
  location?: string | undefined;
  version?: string | undefined;
  status: string;
  response?: object | undefined;
}

interface Done {
  status: string;
  location: string;
  version?: number | undefined;
  /** The id of what a POST made. */
  created?: string;
}

/** What the operations that succeeded have to tell. */
interface Kept {
  recorded: Written[];
  announced: Parameters<Write['announce']>[0][];
}

/** Work that is not begun by then is left to another request. */
const maxWorkMs = 20_000;

export function createBulk({ writer, users, groups }: { writer: Writer; users: Users; groups: Groups }) {
  // Each holds a connection for as long as it runs; single requests need some too.
  const running = createSemaphore({ concurrency: 2, queueLength: 8, patienceMs: maxWorkMs });

  async function run(
    write: Write,
    context: WriteContext,
    home: Home,
    base: string,
    operation: BulkOperation,
  ) {
    const { method, path, data, endpoint, id } = operation;
    const service = endpoint === 'Users' ? users : groups;
    const within = { ...context, within: write, ifMatch: operation.version };
    if (method === 'POST') {
      if (id !== undefined) throw scimError('invalidPath', `A POST has no id in its path ${path}`, 'path');
      const created = await service.create(within, home, data);
      return {
        status: '201',
        location: `${base}/${endpoint}/${created.id}`,
        created: created.id,
        version: created.version,
      };
    }
    if (id === undefined) throw scimError('invalidPath', `${method} needs an id in its path`, 'path');
    const location = `${base}/${endpoint}/${id}`;
    if (method === 'DELETE') {
      await service.remove(within, home, id);
      return { status: '204', location };
    }
    const changed = await (method === 'PUT' ? service.replace : service.patch)(within, home, id, data);
    return { status: '200', location, version: changed.version };
  }

  /** What fails is undone alone: neither its rows nor its changes are kept. */
  async function isolated(
    write: Write,
    kept: Kept,
    work: (inner: Write) => Promise<Done>,
  ): Promise<Done | AppError> {
    const own: Kept = { recorded: [], announced: [] };
    const inner: Write = {
      db: write.db,
      record: async (...written) => void own.recorded.push(...written),
      announce: (change) => void own.announced.push(change),
    };
    await write.db.query('SAVEPOINT operation');
    try {
      const done = await work(inner);
      await write.db.query('RELEASE SAVEPOINT operation');
      kept.recorded.push(...own.recorded);
      kept.announced.push(...own.announced);
      return done;
    } catch (error) {
      const failure = normalizeError(error);
      // The database, or this service, is not well: the request fails as a whole.
      if (failure.status >= 500) throw error;
      await write.db.query('ROLLBACK TO SAVEPOINT operation');
      return failure;
    }
  }

  async function runAll(write: Write, context: WriteContext, home: Home, base: string, body: unknown) {
    const { operations, failOnErrors = Number.POSITIVE_INFINITY } = readBulk(body);
    const kept: Kept = { recorded: [], announced: [] };
    const ids = new Map<string, string>();
    const results: BulkResult[] = [];
    const untilMs = performance.now() + maxWorkMs;
    let failures = 0;

    const settle = async (operation: BulkOperation, missing: string | undefined): Promise<void> => {
      const { bulkId } = operation;
      let outcome: Done | AppError;
      if (missing !== undefined) outcome = unresolved(missing);
      else if (performance.now() > untilMs) outcome = tooLong();
      else
        outcome = await isolated(write, kept, (inner) =>
          run(inner, context, home, base, resolved(operation, ids)),
        );
      if (outcome instanceof AppError) failures += 1;
      else if (bulkId !== undefined && outcome.created !== undefined) ids.set(bulkId, outcome.created);
      results.push(resultOf(operation, outcome));
    };

    for (const [operation, missing] of inOrder(operations, ids)) {
      await settle(operation, missing);
      if (failures >= failOnErrors) break;
    }
    if (kept.recorded.length > 0) await write.record(...kept.recorded);
    for (const change of gathered(kept.announced, home)) write.announce(change);
    return results;
  }

  return {
    /** @throws AppError 400, 413, 503 */
    run: (context: WriteContext, home: Home, base: string, body: unknown): Promise<BulkResult[]> =>
      running.run(() =>
        writer.write(context, provisionerOf(home), (write) => runAll(write, context, home, base, body)),
      ),
  };
}

/**
 * An operation comes after those that it refers to, wherever they stand, and otherwise in its place. `ids` grows while the
 * operations run. With each comes a bulkId that stands for nothing, if it needs one.
 */
function* inOrder(
  operations: readonly BulkOperation[],
  ids: ReadonlyMap<string, string>,
): Generator<[operation: BulkOperation, missing: string | undefined]> {
  let waiting = operations;
  while (waiting.length > 0) {
    const open = new Set(waiting.flatMap(({ bulkId }) => bulkId ?? []));
    const later: BulkOperation[] = [];
    for (const operation of waiting) {
      const missing = referencesIn(operation).filter((id) => !ids.has(id));
      if (missing.length > 0 && missing.every((id) => open.has(id))) {
        later.push(operation);
        continue;
      }
      yield [operation, missing[0]];
      if (operation.bulkId !== undefined) open.delete(operation.bulkId);
    }
    const isStuck = later.length === waiting.length;
    // They wait for each other.
    if (isStuck) for (const operation of later) yield [operation, referencesIn(operation)[0]];
    waiting = isStuck ? [] : later;
  }
}

/** Each once, and of very many people not each: a thousand changes of large groups concern everybody again and again. */
function gathered(announced: Kept['announced'], { environmentId, contactCenterId }: Home): Kept['announced'] {
  const changes = [...new Map(announced.map((change) => [`${change.entity} ${change.id}`, change])).values()];
  const others = changes.filter(({ entity }) => entity !== 'person');
  if (changes.length - others.length <= maxAnnounced) return changes;
  return [...others, { entity: 'person', id: environmentId, contactCenterId }];
}

function resultOf({ method, bulkId }: BulkOperation, outcome: Done | AppError): BulkResult {
  if (outcome instanceof AppError)
    return definedOnly({ method, bulkId, status: String(outcome.status), response: scimErrorOf(outcome) });
  const { status, location, version } = outcome;
  const tag = version === undefined ? undefined : scimTagOf(version);
  return definedOnly({ method, bulkId, status, location, version: tag });
}

function unresolved(bulkId: string) {
  return new AppError(
    'invalidValue',
    409,
    `The bulkId ${JSON.stringify(bulkId)} stands for nothing that was created here`,
  );
}

function tooLong() {
  return unavailable('Bulk', { detail: 'the operations before it took too long' });
}
