/** Every write of this service: the rows, their audit entry and their change event in one transaction. */
import type { EnvironmentEntity } from '@gatehouse/contracts/environment-api/changes';
import type { FieldChanges } from '@gatehouse/service-kit/changes/field-changes';
import type { ChangeLog } from '@gatehouse/service-kit/changes/log';
import type { Clock } from '@gatehouse/service-kit/clock';
import { forbidden, unavailable } from '@gatehouse/service-kit/errors/app-error';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import type { Caller } from '../access/caller.ts';
import { type Region, requireWritable } from '../access/region.ts';
import type { AuditAction } from '../audit/entry.ts';
import type { AuditService } from '../audit/service.ts';
import { type KeyedRequest, keyedRequestOf, type Replay } from '../idempotency/replay.ts';

/** Who writes, and on which condition. */
export interface WriteContext {
  caller: Caller;
  requestId: string;
  clientAddress: string;
  operationId: string | undefined;
  /** The If-Match header. */
  ifMatch: string | undefined;
  /** Done once under its key; undefined: done as often as it is asked for. */
  keyed?: KeyedRequest | undefined;
  /** A write that is under way and takes this one in: all of it is kept, or nothing. */
  within?: Write;
}

/** The context of a request that writes. */
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
  /** The contact centre whose view changed. */
  contactCenterId?: string;
  changes: FieldChanges;
}

export interface Write {
  db: Queryable;
  /** Call it once per thing written, after its rows. */
  record(written: Written): Promise<void>;
  /** Tells readers that something they keep has changed which the audit trail has under another name. */
  announce(change: { entity: EnvironmentEntity; id: string; contactCenterId?: string }): void;
}

export interface Writer {
  /**
   * `work` runs again when PostgreSQL broke a deadlock with it. With an Idempotency-Key it runs once, so what it returns
   * must come back from JSON as it was, and be all that the answer is made of. @throws AppError 403 `read_only_region`
   */
  write<T>(context: WriteContext, work: (write: Write) => Promise<T>): Promise<T>;
}

export interface WriterDeps {
  changeLog: ChangeLog;
  audit: AuditService;
  region: Region;
  replay: Replay;
  now: Clock;
}

/** SQLSTATE read_only_sql_transaction: this PostgreSQL is the replica of another region's. */
const readOnlyState = '25006';
/** SQLSTATE serialization_failure and deadlock_detected: nothing was written, and a second try may well succeed. */
const retryStates = new Set<unknown>(['40001', '40P01']);
const maxAttempts = 3;

export function createWriter({ changeLog, audit, region, replay, now }: WriterDeps): Writer {
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
          record({ entity, id, ...(contactCenterId ? { contactCenterId } : {}) });
        },
      };
      const { caller, keyed } = context;
      return keyed ? replay.once(client, caller, keyed, () => work(write)) : work(write);
    });
  }

  return {
    async write(context, work) {
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
