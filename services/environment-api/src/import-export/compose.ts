/** Composes export and import of the whole configuration. */
import type { BrandingService } from '../branding/service.ts';
import type { Writer } from '../changes/writer.ts';
import type { Config } from '../config.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import type { EnvironmentService } from '../environments/service.ts';
import type { GlobalSettingService } from '../global-settings/service.ts';
import type { ImageService } from '../images/service.ts';
import type { LocationService } from '../locations/service.ts';
import type { SettingService } from '../settings/service.ts';
import type { SingleSignOnService } from '../single-sign-on/service.ts';
import { createImporter } from './import.ts';
import { exportRoutes, importRoutes } from './routes.ts';
import { createResolveSecret } from './secret-reference.ts';
import { createImportExportService } from './service.ts';

interface ImportExportDependencies {
  config: Pick<Config, 'import'>;
  writer: Writer;
  environments: EnvironmentService;
  contactCenters: ContactCenterService;
  settings: SettingService;
  globalSettings: GlobalSettingService;
  locations: LocationService;
  singleSignOn: SingleSignOnService;
  branding: BrandingService;
  images: ImageService;
}

export function composeImportExport(core: Core, dependencies: ImportExportDependencies) {
  const { pool, changeLog, secretBox } = core;
  const { config, writer, environments, contactCenters, images } = dependencies;
  const importer = createImporter({
    environments,
    contactCenters,
    settings: dependencies.settings,
    globalSettings: dependencies.globalSettings,
    locations: dependencies.locations,
    singleSignOn: dependencies.singleSignOn,
    branding: dependencies.branding,
    secretBox,
    resolveSecret: createResolveSecret({ env: process.env, folder: config.import.secretsFolder }),
  });
  const importExport = createImportExportService({ db: pool, writer, importer, images });
  return {
    services: importExport,
    mounts: [
      ['callers', '/export', (api) => exportRoutes(api, { importExport })],
      ['callers', '/import', (api) => importRoutes(api, { importExport, changeLog })],
    ],
  } satisfies Domain;
}
