/** Composes configuration as code. */
import type { Access } from '../access/compose.ts';
import { base } from '../access/matrix.ts';
import type { BrandingService } from '../branding/service.ts';
import type { Writer } from '../changes/writer.ts';
import type { Config } from '../config.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import type { CorsService } from '../cors/service.ts';
import type { EnvironmentService } from '../environments/service.ts';
import type { GlobalSettingService } from '../global-settings/service.ts';
import type { ImageService } from '../images/service.ts';
import type { LocationService } from '../locations/service.ts';
import type { SettingService } from '../settings/service.ts';
import type { SingleSignOnService } from '../single-sign-on/service.ts';
import { createForwarding } from './forwarded.ts';
import { createBrandingKind } from './kinds/branding.ts';
import { createContactCenterKind } from './kinds/contact-center.ts';
import { createEnvironmentKind } from './kinds/environment.ts';
import { createLocationKind } from './kinds/location.ts';
import { createOriginKind } from './kinds/origin.ts';
import { createSettingKind } from './kinds/setting.ts';
import { createSingleSignOnKind } from './kinds/single-sign-on.ts';
import { createDriftMetrics } from './metrics.ts';
import { applyRoutes, configurationRoutes, documentRoutes, managedRoutes } from './routes.ts';
import { schemaRoutes } from './schema-routes.ts';
import { createConfigurationService } from './service.ts';

interface ConfigurationDependencies {
  config: Pick<Config, 'openapi'>;
  access: Pick<Access, 'authApi'>;
  writer: Writer;
  environments: EnvironmentService;
  contactCenters: ContactCenterService;
  settings: SettingService;
  globalSettings: GlobalSettingService;
  locations: LocationService;
  cors: { service: CorsService };
  singleSignOn: SingleSignOnService;
  branding: BrandingService;
  images: ImageService;
}

export function composeConfiguration(
  { pool, secretBox, changeLog, kit, log }: Core,
  dependencies: ConfigurationDependencies,
) {
  const {
    config,
    access,
    writer,
    environments,
    contactCenters,
    locations,
    cors,
    singleSignOn,
    branding,
    images,
  } = dependencies;
  const configuration = createConfigurationService({
    db: pool,
    writer,
    secretBox,
    kinds: {
      Location: createLocationKind(locations),
      Environment: createEnvironmentKind(environments),
      Setting: createSettingKind(dependencies),
      Branding: createBrandingKind(branding),
      ContactCenter: createContactCenterKind(contactCenters),
      SingleSignOn: createSingleSignOnKind(singleSignOn),
      Origin: createOriginKind(cors.service),
    },
    environments,
    images,
    forwarding: createForwarding(access.authApi),
  });
  const drift = createDriftMetrics({ db: pool, metrics: kit.metrics, log });
  const deps = { configuration, changeLog };
  return {
    services: configuration,
    mounts: [
      ['anybody', base, (api) => schemaRoutes(api, config.openapi)],
      ['callers', '/apply', (api) => applyRoutes(api, deps)],
      ['callers', '/configuration', (api) => configurationRoutes(api, deps)],
      ['callers', '/managed', (api) => managedRoutes(api, deps)],
      ['callers', '/documents', (api) => documentRoutes(api, deps)],
    ],
    work: () => drift.work.start(),
    close: () => drift.work.stop(),
  } satisfies Domain;
}
