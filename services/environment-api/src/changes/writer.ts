/** Runs every write of this service: rows, audit entry and change event in one transaction. */
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { EnvironmentEntity } from '@gatehouse/contracts/environment-api/changes';
import type { FieldChanges } from '@gatehouse/service-kit/changes/field-changes';
import type { ChangeLog } from '@gatehouse/service-kit/changes/log';
import type { Clock } from '@gatehouse/service-kit/clock';
import { forbidden, unavailable } from '@gatehouse/service-kit/errors/app-error';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import type { Caller } from '../access/caller.ts';
import { type Region, requireWritable } from '../access/region.ts';
import type { AuditService } from '../audit/service.ts';
import type { AuditAction } from '../audit/store.ts';
import { type KeyedRequest, keyedRequestOf, type Replay } from '../idempotency/replay.ts';

/** Who writes, and under which conditions. */
export interface WriteContext {
  caller: Caller;
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

export function contextOf(request: {
  caller: Caller;
  id: string;
  ip: string;
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body?: unknown;
}): WriteContext {
  const { operationId } = (request.body ?? {}) as { operationId?: string };
  const ifMatch = request.headers['if-match'];
  return {
    caller: request.caller,
    requestId: request.id,
    clientAddress: request.ip,
    operationId,
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
  record(written: Written): Promise<void>;
  /** Publishes a change of another entity than the recorded one, such as `cors` when a setting changed. */
  announce(change: { entity: EnvironmentEntity; id: string; contactCenterId?: string }): void;
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
    return changeLog.inTransaction(({ client, record }) => {
      const write: Write = {
        db: client,
        announce: record,
        async record({ action, entity, id, contactCenterId, changes }) {
          await audit.append(client, {
            at: now(),
            actorKind: context.caller.kind,
            actor: context.caller.name,
            action,
            entity,
            entityId: id,
            contactCenterId,
            requestId: context.requestId,
            clientAddress: context.clientAddress,
            operationId: context.operationId,
            changes,
          });
          record(definedOnly({ entity, id, contactCenterId }));
        },
      };
      const { caller, keyed } = context;
      return keyed ? replay.once(client, caller, keyed, () => work(write)) : work(write);
    });
  }

  return {
    /**
     * Runs `work` again when PostgreSQL broke a deadlock with it. With an Idempotency-Key the result is stored as JSON, so it
     * must survive that, and hold everything the answer needs. @throws AppError 403 `read_only_region`
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

function readOnlyDatabase(cause: unknown) {
  return forbidden('The database of this region is a read-only replica: send writes to the writable region', {
    name: 'read_only_region',
    cause,
  });
}
