/** Imports the whole configuration. */
import { AppError, preconditionFailed } from '@gatehouse/service-kit/errors';
import { isFresh } from '@gatehouse/service-kit/http';
import { installationEtagOf } from '../answers.ts';
import { type ChangedNames, namesOfChanged } from '../audit/names.ts';
import type { WriteContext, Writer, Written } from '../changes/writer.ts';
import { lockWriters, readInstallation } from '../configuration/estate.ts';
import type { ImageService } from '../images/service.ts';
import type { InstallationDocument } from './document.ts';
import type { Importer } from './import.ts';
import { decodePictures } from './import-branding.ts';
import { moveSequence } from './import-numbers.ts';

type NamedChange = Written & ChangedNames;

export interface ImportResult {
  /** The changes that were written, or would be by a dry run, as in the audit trail. */
  changes: NamedChange[];
  /** References without a value here: the stored secrets stay. */
  keptSecrets: string[];
}

export type ImportExportService = ReturnType<typeof createImportExportService>;

/** Carries the result out of a transaction that must be rolled back. */
class DryRunEnd extends Error {
  readonly result: ImportResult;

  constructor(result: ImportResult) {
    super('the dry run is over');
    this.result = result;
  }
}

export function createImportExportService({
  writer,
  importer,
  images,
}: {
  writer: Writer;
  importer: Importer;
  images: Pick<ImageService, 'take'>;
}) {
  async function run(
    context: WriteContext,
    document: InstallationDocument,
    isDryRun: boolean,
  ): Promise<ImportResult> {
    // Before the transaction, which keeps all other writers waiting.
    const pictures = await decodePictures(document, images);
    return writer.write(context, async (write) => {
      await lockWriters(write.db);
      const present = await readInstallation(write.db);
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
      const keptSecrets = await importer.apply(document, present, {
        context: inner,
        write: within,
        pictures,
      });
      const names = await namesOfChanged(write.db, changes);
      const result = {
        changes: changes.map((change, index) => ({ ...change, ...names[index] })),
        keptSecrets,
      };
      if (isDryRun) throw new DryRunEnd(result);
      if (document.personNumbers.length > 0) await moveSequence(write.db);
      return result;
    });
  }

  return {
    /** Writes all of the document, or nothing of it. @throws AppError 400, 409, 412, 428 */
    async replace(
      context: WriteContext,
      document: InstallationDocument,
      isDryRun: boolean,
    ): Promise<ImportResult> {
      try {
        return await run(context, document, isDryRun);
      } catch (error) {
        if (error instanceof DryRunEnd) return error.result;
        throw error;
      }
    },
  };
}

/** An import replaces everything, so the caller must name the state that it has seen. */
function requirePresent(ifMatch: string | undefined, change: number, isDryRun: boolean): void {
  const etag = installationEtagOf(change);
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
