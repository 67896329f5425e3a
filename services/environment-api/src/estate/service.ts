/** Export and import of the whole estate. */
import { AppError, preconditionFailed } from '@gatehouse/service-kit/errors/app-error';
import { isFresh } from '@gatehouse/service-kit/http/entity-tag';
import type { Pool } from '@gatehouse/service-kit/postgres/pool';
import { type Caller, requireInstallationReader, requireInstallationWriter } from '../access/caller.ts';
import type { WriteContext, Writer, Written } from '../changes/writer.ts';
import { estateEtagOf } from '../versions/etag.ts';
import type { EstateDocument } from './document.ts';
import { applyDocument, type ImportDeps } from './import.ts';
import { holdWriters, openSnapshot, readEstate, type Snapshot } from './store.ts';

export interface ImportResult {
  /** What was written, or would be; as the audit trail has it. */
  changes: Written[];
  /** References that lead nowhere here: these secrets stay as they are. */
  keptSecrets: string[];
}

export interface EstateService {
  /** Everything of one moment; to be closed. @throws AppError 403, 503 when too many read */
  read(caller: Caller): Promise<Snapshot>;
  /** All of the document, or nothing of it. @throws AppError 400, 403, 409, 412, 428 */
  replace(context: WriteContext, document: EstateDocument, isDryRun: boolean): Promise<ImportResult>;
}

/** Each holds a connection for as long as its reader takes. */
const mostReaders = 2;

function tooManyReaders(): AppError {
  return new AppError(
    'temporarily_unavailable',
    503,
    `${mostReaders} exports are under way here: try again when one of them is done`,
    { retryAfterSeconds: 5 },
  );
}

/** Carries the result out of a transaction that is to be rolled back. */
class DryRunEnd extends Error {
  readonly result: ImportResult;

  constructor(result: ImportResult) {
    super('the dry run is over');
    this.result = result;
  }
}

export function createEstateService(db: Pool, writer: Writer, deps: ImportDeps): EstateService {
  async function run(
    context: WriteContext,
    document: EstateDocument,
    isDryRun: boolean,
  ): Promise<ImportResult> {
    return writer.write(context, async (write) => {
      await holdWriters(write.db);
      const present = await readEstate(write.db);
      requirePresent(context.ifMatch, present.change, isDryRun);
      const changes: Written[] = [];
      const within = {
        ...write,
        record: (written: Written) => {
          changes.push(written);
          return write.record(written);
        },
      };
      const inner = { ...context, ifMatch: undefined, keyed: undefined, within };
      const keptSecrets = await applyDocument(document, present, deps, { context: inner, write: within });
      if (isDryRun) throw new DryRunEnd({ changes, keptSecrets });
      return { changes, keptSecrets };
    });
  }

  /** Snapshots that are open or about to be. */
  const reading = new Set<object>();

  return {
    async read(caller) {
      requireInstallationReader(caller);
      if (reading.size >= mostReaders) throw tooManyReaders();
      const place = {};
      reading.add(place);
      try {
        const { close, ...snapshot } = await openSnapshot(db);
        return { ...snapshot, close: () => close().finally(() => reading.delete(place)) };
      } catch (error) {
        reading.delete(place);
        throw error;
      }
    },
    async replace(context, document, isDryRun) {
      requireInstallationWriter(context.caller);
      try {
        return await run(context, document, isDryRun);
      } catch (error) {
        if (error instanceof DryRunEnd) return error.result;
        throw error;
      }
    },
  };
}

/** A full replacement undoes what its author has not seen, so he must say what he has seen. */
function requirePresent(ifMatch: string | undefined, change: number, isDryRun: boolean): void {
  const etag = estateEtagOf(change);
  if (ifMatch === undefined) {
    if (isDryRun) return;
    throw new AppError(
      'precondition_required',
      428,
      'If-Match is missing: an import replaces everything. Send the ETag of GET /export or of a dry run, or * for whatever is there',
      { field: 'If-Match' },
    );
  }
  if (isFresh(ifMatch, etag)) return;
  throw preconditionFailed(
    `If-Match does not name the present state ${etag}: something has changed. Export or try the dry run again`,
    { field: 'If-Match' },
  );
}
