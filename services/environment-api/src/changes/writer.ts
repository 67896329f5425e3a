/** Runs every write of this service: rows, audit entry and change event in one transaction. */
import { isDeepStrictEqual } from 'node:util';
import { operationIdField } from '@gatehouse/contracts/answers';
import type { EnvironmentEnd, EnvironmentEntity } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { ChangeLog, FieldChanges } from '@gatehouse/service-kit/changes';
import type { Clock } from '@gatehouse/service-kit/clock';
import { type Region, requireWritable } from '@gatehouse/service-kit/config';
import { forbidden, unavailable } from '@gatehouse/service-kit/errors';
import { visitorAddressOf } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import type { AuditService } from '../audit/service.ts';
import type { AuditAction } from '../audit/store.ts';
import { type KeyedRequest, keyedRequestOf, type Replay } from '../idempotency/replay.ts';

/** The caller of a write, and its conditions. */
export interface WriteContext {
  caller: Caller;
  /** The caller as a new request would find them. @throws AppError as for a new request */
  callerNow(): Promise<Caller>;
  requestId: string;
  clientAddress: string;
  operationId: string | undefined;
  /** The If-Match header. */
  ifMatch: string | undefined;
  /** Undefined: every request is executed. */
  keyed?: KeyedRequest | undefined;
  /** The running write that this one joins: both commit together or not at all. */
  within?: Write;
}

const named = z.object({ operationId: operationIdField });

function isObject(body: unknown): boolean {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

/** @throws ZodError for an operationId that is no label */
export function contextOf(request: {
  caller: Caller;
  callerNow(): Promise<Caller>;
  id: string;
  ip: string;
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
}): WriteContext {
  // Read here, because not every route has a schema for its body: a DELETE may have one too.
  const { operationId } = named.parse(isObject(request.body) ? request.body : {});
  const ifMatch = request.headers['if-match'];
  return {
    caller: request.caller,
    callerNow: request.callerNow,
    requestId: request.id,
    clientAddress: visitorAddressOf(request, request.caller.clientId),
    // Programs send an empty one where they have none.
    operationId: operationId === '' ? undefined : operationId,
    ifMatch: typeof ifMatch === 'string' ? ifMatch : undefined,
    keyed: keyedRequestOf(request),
  };
}

export interface Written {
  action: AuditAction;
  entity: EnvironmentEntity;
  id: string;
  /** The contact centre that the change belongs to. */
  contactCenterId?: string;
  changes: FieldChanges;
}

export interface Write {
  db: Queryable;
  /** Call it once per entity, after its rows are written. */
  record(...written: Written[]): Promise<void>;
  /** Publishes a change of another entity than the recorded one, such as `cors` when a setting changed, or what ends by it. */
  announce(change: {
    entity: EnvironmentEntity | EnvironmentEnd;
    id: string;
    contactCenterId?: string;
  }): void;
  /** Asks what another service knows, now and once more before the change is kept. @throws what the question throws */
  requires(question: () => Promise<void>): Promise<void>;
}

export type Writer = ReturnType<typeof createWriter>;

/** SQLSTATE read_only_sql_transaction: this PostgreSQL replicates another region's. */
const readOnlyState = '25006';
/** SQLSTATE serialization_failure and deadlock_detected: nothing was written, and a second attempt may succeed. */
const retryStates = new Set<unknown>(['40001', '40P01']);
const maxAttempts = 3;

export function createWriter({
  changeLog,
  audit,
  region,
  replay,
  now,
}: {
  changeLog: ChangeLog;
  audit: AuditService;
  region: Region;
  replay: Replay;
  now: Clock;
}) {
  async function attempt<T>(context: WriteContext, work: (write: Write) => Promise<T>): Promise<T> {
    return changeLog.inTransaction(async ({ client, record }) => {
      const questions: (() => Promise<void>)[] = [];
      const write: Write = {
        db: client,
        announce: record,
        async requires(question) {
          await question();
          questions.push(question);
        },
        async record(...written) {
          const { caller, requestId, clientAddress, operationId } = context;
          const { kind: actorKind, name: actor, clientId: actorClient, linkRequest } = caller;
          const by = {
            actorKind,
            actor,
            actorContactCenterId: caller.contactCenterId,
            actorClient,
            linkRequest,
          };
          const facts = { at: now(), ...by };
          const entries = written.map(({ id: entityId, action, entity, contactCenterId, changes }) => ({
            ...facts,
            action,
            entity,
            entityId,
            contactCenterId,
            changes,
            requestId,
            clientAddress,
            operationId,
          }));
          await audit.append(client, entries);
          for (const { entity, id, contactCenterId } of written)
            record(definedOnly({ entity, id, contactCenterId }));
        },
      };
      const { caller, keyed } = context;
      const done = await (keyed ? replay.once(client, caller, keyed, () => work(write)) : work(write));
      // It may have waited for locks or worked for long: who would be refused by now changes nothing any more.
      await requireSameCaller(context);
      for (const question of questions) await question();
      return done;
    });
  }

  return {
    /**
     * The row of the route has let the caller through, also for a stored answer: the right may have been lost since the first
     * request. Runs `work` again when PostgreSQL broke a deadlock with it. With an Idempotency-Key the result is stored as JSON, so it
     * must survive that, hold everything the answer needs, and no secret. @throws AppError 403 `read_only_region`
     */
    async write<T>(context: WriteContext, work: (write: Write) => Promise<T>): Promise<T> {
      if (context.within) return work(context.within);
      requireWritable(region);
      for (let attempts = 1; ; attempts += 1) {
        try {
          return await attempt(context, work);
        } catch (error) {
          const state = (error as { code?: unknown }).code;
          if (state === readOnlyState) throw readOnlyDatabase(error);
          if (!retryStates.has(state)) throw error;
          if (attempts === maxAttempts) throw unavailable('PostgreSQL', { cause: error });
        }
      }
    },
  };
}

/** @throws AppError as for a new request, and 403 where the rights are others: what was decided by them counts no more */
async function requireSameCaller({ caller, callerNow }: WriteContext): Promise<void> {
  if (isDeepStrictEqual(await callerNow(), caller)) return;
  throw forbidden('The rights of this caller have changed during the request: repeat it');
}

function readOnlyDatabase(cause: unknown) {
  return forbidden('The database of this region is a read-only replica: send writes to the writable region', {
    name: 'read_only_region',
    cause,
  });
}
