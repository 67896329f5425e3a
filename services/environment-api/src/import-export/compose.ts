/** Composes export and import of the whole configuration. */
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import type { App } from '@gatehouse/service-kit/http';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { BrandingService } from '../branding/service.ts';
import type { Writer } from '../changes/writer.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
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

export function composeImportExport({
  pool,
  writer,
  changeLog,
  secretBox,
  secretsFolder,
  environments,
  contactCenters,
  settings,
  globalSettings,
  locations,
  singleSignOn,
  branding,
  images,
}: {
  pool: Pool;
  writer: Writer;
  changeLog: ChangeLog;
  secretBox: SecretBox;
  secretsFolder: string | undefined;
  environments: EnvironmentService;
  contactCenters: ContactCenterService;
  settings: SettingService;
  globalSettings: GlobalSettingService;
  locations: LocationService;
  singleSignOn: SingleSignOnService;
  branding: BrandingService;
  images: ImageService;
}) {
  const importer = createImporter({
    environments,
    contactCenters,
    settings,
    globalSettings,
    locations,
    singleSignOn,
    branding,
    secretBox,
    resolveSecret: createResolveSecret({ env: process.env, folder: secretsFolder }),
  });
  const service = createImportExportService({ db: pool, writer, importer, images });
  return {
    service,
    exportRoutes: async (api: App) => exportRoutes(api, { importExport: service }),
    importRoutes: async (api: App) => importRoutes(api, { importExport: service, changeLog }),
  };
}
