/** Imports the whole configuration. */
import { AppError } from '@gatehouse/service-kit/errors';
import { type ChangedNames, namesOfChanged } from '../audit/names.ts';
import { RolledBack } from '../changes/rolled-back.ts';
import type { WriteContext, Writer, Written } from '../changes/writer.ts';
import { lockWriters, readInstallation } from '../configuration/estate.ts';
import { decodePictures } from '../configuration/pictures.ts';
import { requireUnchanged } from '../configuration/refusals.ts';
import type { ImageService } from '../images/service.ts';
import type { InstallationDocument } from './document.ts';
import type { Importer } from './import.ts';
import { logosOf } from './import-branding.ts';
import { moveSequence } from './import-numbers.ts';

type NamedChange = Written & ChangedNames;

export interface ImportResult {
  /** The changes that were written, or would be by a dry run, as in the audit trail. */
  changes: NamedChange[];
  /** References without a value here: the stored secrets stay. */
  keptSecrets: string[];
}

export type ImportExportService = ReturnType<typeof createImportExportService>;

class DryRunEnd extends RolledBack<ImportResult> {}

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
    const pictures = await decodePictures(logosOf(document), images);
    return writer.write(context, async (write) => {
      await lockWriters(write.db);
      const present = await readInstallation(write.db);
      requireSeen(context.ifMatch, isDryRun);
      await requireUnchanged(write.db, context.ifMatch, present.change);
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
function requireSeen(ifMatch: string | undefined, isDryRun: boolean): void {
  if (ifMatch !== undefined || isDryRun) return;
  throw new AppError(
    'precondition_required',
    428,
    'If-Match is missing: an import replaces everything. Send the ETag of GET /export or of a dry run, or * for whatever is there',
    { field: 'If-Match' },
  );
}
