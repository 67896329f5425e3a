/** Runs the operations of a bulk request (RFC 7644 section 3.7) in one transaction, each as if it had come alone. */
import { definedOnly } from '@gatehouse/contracts/values';
import { createGrowingCache } from '@gatehouse/service-kit/cache';
import { AppError, normalizeError, unavailable } from '@gatehouse/service-kit/errors';
import { createSemaphore } from '@gatehouse/service-kit/limits';
import type { Write, WriteContext, Writer, Written } from '../../changes/writer.ts';
import { maxAnnounced } from '../../people/group-service.ts';
import type { Home } from '../../people/person.ts';
import { scimError, scimErrorOf } from '../errors.ts';
import type { Groups } from '../groups.ts';
import { scimTagOf } from '../reply.ts';
import type { Users } from '../users.ts';
import { inOrder } from './bulk-order.ts';
import { type BulkOperation, readBulk, resolved } from './bulk-request.ts';

interface Done {
  status: string;
  location: string;
  version?: number | undefined;
  /** The id of what a POST made. */
  created?: string;
}

/** The audit rows and announcements of the operations that succeeded. */
interface Kept {
  recorded: Written[];
  announced: Parameters<Write['announce']>[0][];
}

/** Work that is not begun by then is left to another request. */
const maxWorkMs = 20_000;
const maxTurns = 10_000;

export function createBulk({ writer, users, groups }: { writer: Writer; users: Users; groups: Groups }) {
  // Each holds a connection for as long as it runs; single requests need some too.
  const running = createSemaphore({ concurrency: 2, queueLength: 8, patienceMs: maxWorkMs });
  // One contact centre must not take both places.
  const turns = createGrowingCache<ReturnType<typeof createSemaphore>>(maxTurns);
  const turnOf = ({ contactCenterId }: Home) => {
    const turn =
      turns.get(contactCenterId) ??
      createSemaphore({ concurrency: 1, queueLength: 4, patienceMs: maxWorkMs });
    turns.set(contactCenterId, turn);
    return turn;
  };

  async function run(
    write: Write,
    context: WriteContext,
    home: Home,
    base: string,
    operation: BulkOperation,
  ): Promise<Done> {
    const { method, path, data, endpoint, id } = operation;
    const service = endpoint === 'Users' ? users : groups;
    const within = { ...context, within: write, ifMatch: operation.version };
    if (method === 'POST') {
      if (id !== undefined) throw scimError('invalidPath', `A POST has no id in its path ${path}`, 'path');
      return createdAs(`${base}/${endpoint}`, await service.create(within, home, data));
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

  async function runAll(write: Write, context: WriteContext, home: Home, base: string, body: unknown) {
    const { operations, failOnErrors } = readBulk(body);
    const kept: Kept = { recorded: [], announced: [] };
    const ids = new Map<string, string>();
    const outcomes: [BulkOperation, Done | AppError][] = [];
    const untilMs = performance.now() + maxWorkMs;
    let failures = 0;

    const recordOutcome = (operation: BulkOperation, outcome: Done | AppError): void => {
      outcomes.push([operation, outcome]);
      if (outcome instanceof AppError) failures += 1;
      else if (operation.bulkId !== undefined && outcome.created !== undefined)
        ids.set(operation.bulkId, outcome.created);
    };
    const runOne = async (
      operation: BulkOperation,
      missing: string | undefined,
    ): Promise<Done | AppError> => {
      if (missing !== undefined) return unresolved(missing);
      if (performance.now() > untilMs) return tooLong();
      return isolated(write, kept, (inner) => run(inner, context, home, base, resolved(operation, ids)));
    };
    /** The usual import: a statement for each person would take most of the time. */
    const runTogether = async (creations: readonly BulkOperation[]): Promise<boolean> => {
      if (creations.length < 2 || performance.now() > untilMs) return false;
      const bodies = creations.map(({ data }) => data);
      const made = await isolated(write, kept, (inner) =>
        users.createMany({ ...context, within: inner, ifMatch: undefined }, home, bodies),
      );
      // Another request took one of the names meanwhile: which one is seen one by one.
      if (made instanceof AppError) return false;
      for (const [index, one] of made.entries())
        recordOutcome(
          creations[index] as BulkOperation,
          one instanceof AppError ? one : createdAs(`${base}/Users`, one),
        );
      return true;
    };

    for (const step of inOrder(operations, ids, failOnErrors === undefined)) {
      if (await runTogether(step.operations)) continue;
      for (const operation of step.operations)
        recordOutcome(operation, await runOne(operation, step.missing));
      if (failOnErrors !== undefined && failures >= failOnErrors) break;
    }
    if (kept.recorded.length > 0) await write.record(...kept.recorded);
    for (const change of gathered(kept.announced, home)) write.announce(change);
    return outcomes.map(([operation, outcome]) => resultOf(operation, outcome));
  }

  return {
    /** @throws AppError 400, 413, 503 */
    run: (context: WriteContext, home: Home, base: string, body: unknown) =>
      turnOf(home).run(() =>
        running.run(() => writer.write(context, (write) => runAll(write, context, home, base, body))),
      ),
  };
}

/** A failed operation is undone alone: neither its rows nor its changes are kept. */
async function isolated<T>(
  write: Write,
  kept: Kept,
  work: (inner: Write) => Promise<T>,
): Promise<T | AppError> {
  const own: Kept = { recorded: [], announced: [] };
  const inner: Write = {
    db: write.db,
    record: async (...written) => void own.recorded.push(...written),
    announce: (change) => void own.announced.push(change),
    requires: write.requires,
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

/** Each change once: a thousand changes of large groups name the same people again and again. Very many people become their environment. */
function gathered(announced: Kept['announced'], { environmentId, contactCenterId }: Home): Kept['announced'] {
  const changes = [...new Map(announced.map((change) => [`${change.entity} ${change.id}`, change])).values()];
  const others = changes.filter(({ entity }) => entity !== 'person');
  if (changes.length - others.length <= maxAnnounced) return changes;
  return [...others, { entity: 'person', id: environmentId, contactCenterId }];
}

function createdAs(endpoint: string, { id, version }: { id: string; version: number }): Done {
  return { status: '201', location: `${endpoint}/${id}`, created: id, version };
}

function resultOf({ method, bulkId }: BulkOperation, outcome: Done | AppError) {
  if (outcome instanceof AppError)
    return definedOnly({ method, bulkId, status: String(outcome.status), response: scimErrorOf(outcome) });
  const { status, location, version } = outcome;
  return definedOnly({ method, bulkId, status, location, version: version && scimTagOf(version) });
}

function unresolved(bulkId: string) {
  const message = `The bulkId ${JSON.stringify(bulkId)} stands for nothing that was created here`;
  return new AppError('invalidValue', 409, message);
}

function tooLong() {
  return unavailable('Bulk', { detail: 'the operations before it took too long' });
}
