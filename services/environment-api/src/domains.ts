/** The domains of Environment API, in the order in which each may need those before it. Nothing loads itself. */
import { createElasticsearch } from '@gatehouse/audit-trail/elasticsearch';
import { consulAccessOf } from '@gatehouse/config-server-client/consul';
import type { Clock } from '@gatehouse/service-kit/clock';
import { closeDomains, compositionOf, type Kit, reencryptDomains } from '@gatehouse/service-kit/http';
import { composeAccess } from './access/compose.ts';
import { composeApiKeys } from './api-keys/compose.ts';
import { composeAudit } from './audit/compose.ts';
import { composeBranding } from './branding/compose.ts';
import { composeChanges } from './changes/compose.ts';
import { composeChecks } from './checks/compose.ts';
import type { Config } from './config.ts';
import { composeConfigServers } from './config-servers/compose.ts';
import { composeConfiguration } from './configuration/compose.ts';
import { composeContactCenters } from './contact-centers/compose.ts';
import type { Domain } from './core/domain.ts';
import { composeStorage, openCore } from './core/open-core.ts';
import { composeCors } from './cors/compose.ts';
import { composeDiagnosis } from './diagnosis/compose.ts';
import { composeEnvironments } from './environments/compose.ts';
import { composeGlobalSettings } from './global-settings/compose.ts';
import { composeImages } from './images/compose.ts';
import { composeImportExport } from './import-export/compose.ts';
import { composeInternal } from './internal/compose.ts';
import { composeLocations } from './locations/compose.ts';
import { composeDescription } from './openapi/compose.ts';
import { composeOverview } from './overview/compose.ts';
import { composePeople } from './people/compose.ts';
import { composePersonNumbers } from './person-numbers/compose.ts';
import { composeRestoration } from './restoration/compose.ts';
import { composeScim } from './scim/compose.ts';
import { composeSealedSecrets } from './sealed-secrets/compose.ts';
import { composeSettings } from './settings/compose.ts';
import { composeSingleSignOn } from './single-sign-on/compose.ts';

export type Deps = Awaited<ReturnType<typeof createDeps>>;

/** Opens the stores and composes the domains; `startSteps` starts them, `close` ends everything. */
export async function createDeps(config: Config, kit: Kit, clockOfTest?: Clock) {
  const { core, clock } = openCore(config, kit, clockOfTest);
  const elasticsearch = await createElasticsearch(config.elasticsearch);
  const consul = consulAccessOf(config.consul);
  const { services, domains } = compositionOf<Domain>()(core, { config, clock, elasticsearch, consul })
    .with('storage', composeStorage)
    .with('sealedSecrets', composeSealedSecrets)
    .with('access', composeAccess)
    .with('description', composeDescription)
    .with('audit', composeAudit)
    .with('writer', composeChanges)
    .with('locations', composeLocations)
    .with('environments', composeEnvironments)
    .with('configServers', composeConfigServers)
    .with('checks', composeChecks)
    .with('contactCenters', composeContactCenters)
    .with('personNumbers', composePersonNumbers)
    .with('settings', composeSettings)
    .with('people', composePeople)
    .with('globalSettings', composeGlobalSettings)
    .with('cors', composeCors)
    .with('apiKeys', composeApiKeys)
    .with('scim', composeScim)
    .with('singleSignOn', composeSingleSignOn)
    .with('images', composeImages)
    .with('branding', composeBranding)
    .with('restoration', composeRestoration)
    .with('internal', composeInternal)
    .with('configuration', composeConfiguration)
    .with('importExport', composeImportExport)
    .with('diagnosis', composeDiagnosis)
    .with('overview', composeOverview);
  return {
    ...services,
    kit,
    core,
    domains,
    reencrypt: () => reencryptDomains(domains),
    close: () => closeDomains(domains),
  };
}
