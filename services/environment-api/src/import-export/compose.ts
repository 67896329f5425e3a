/** Composes export and import of the whole configuration. */
import type { Writer } from '../changes/writer.ts';
import type { Config } from '../config.ts';
import type { OpenSnapshot } from '../configuration/snapshots.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import type { ImageService } from '../images/service.ts';
import { createImporter, type ImportedServices } from './import.ts';
import { createReadSecret } from './import-secrets.ts';
import { exportRoutes, importRoutes } from './routes.ts';
import { createResolveSecret } from './secret-reference.ts';
import { createImportExportService } from './service.ts';

interface ImportExportDependencies extends ImportedServices {
  config: Pick<Config, 'import'>;
  writer: Writer;
  images: ImageService;
  configuration: { openSnapshot: OpenSnapshot };
}

export function composeImportExport(core: Core, dependencies: ImportExportDependencies) {
  const { changeLog, secretBox } = core;
  const { config, writer, images, configuration } = dependencies;
  const resolveSecret = createResolveSecret({ env: process.env, folder: config.import.secretsFolder });
  const importer = createImporter(dependencies, createReadSecret({ secretBox, resolveSecret }));
  const importExport = createImportExportService({ writer, importer, images });
  return {
    services: importExport,
    mounts: [
      ['callers', '/export', (api) => exportRoutes(api, configuration)],
      ['callers', '/import', (api) => importRoutes(api, { importExport, changeLog })],
    ],
  } satisfies Domain;
}
