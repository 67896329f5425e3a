/** Composes the administration of clients, keys, single sign-on and the audit trail, and the diagnosis. */
import { elasticsearchProbe } from '@gatehouse/audit-trail/elasticsearch/probe';
import type { ConsulAccess } from '@gatehouse/config-server-client/discovery/consul/consul-access';
import { consulProbe } from '@gatehouse/config-server-client/discovery/consul/consul-probe';
import { advisoryCheck } from '@gatehouse/service-kit/health/advisory-check';
import type { Probe } from '@gatehouse/service-kit/health/diagnosis';
import type { App } from '@gatehouse/service-kit/http/app';
import { createProxyWatch } from '@gatehouse/service-kit/http/untrusted-proxy';
import { postgresProbe } from '@gatehouse/service-kit/postgres/probe';
import { redisProbe } from '@gatehouse/service-kit/redis/probe';
import type { Activity } from '../activity/compose.ts';
import type { Administrators } from '../administrators/compose.ts';
import type { Audit } from '../audit/compose.ts';
import type { FollowedChanges } from '../changes/compose.ts';
import type { Clients } from '../clients/compose.ts';
import type { ConsoleLinkParts } from '../console-links/compose.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import type { Core } from '../core.ts';
import type { HelpDesk } from '../help-desk/compose.ts';
import type { Keys } from '../keys/compose.ts';
import { composeOverview } from '../overview/compose.ts';
import type { Signals } from '../signals/compose.ts';
import type { Sso } from '../sso/compose.ts';
import type { Users } from '../users/compose.ts';
import { linksProbe } from '../users/link-health.ts';
import { administratorPlacesRoutes } from './administrator-places-routes.ts';
import { administratorRoutes } from './administrator-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { clientRoutes } from './client-routes.ts';
import { consoleLinkRoutes } from './console-link-routes.ts';
import { diagnosisRoutes } from './diagnosis-routes.ts';
import { environmentRoutes } from './environment-routes.ts';
import { helpDeskRoutes } from './help-desk-routes.ts';
import { overviewRoutes } from './overview-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { signalRoutes } from './signal-routes.ts';
import { signingKeyRoutes } from './signing-key-routes.ts';
import { ssoAdministrationRoutes } from './sso-routes.ts';

interface AdminDependencies {
  administrators: Administrators;
  activity: Activity;
  audit: Audit;
  keys: Keys;
  signals: Signals;
  clients: Clients;
  contactCenters: ContactCenters;
  sso: Sso;
  users: Users;
  followed: FollowedChanges;
  helpDesk: HelpDesk;
  consoleLinks: ConsoleLinkParts;
  consul: ConsulAccess | undefined;
  config: {
    elasticsearch: Parameters<typeof elasticsearchProbe>[0];
    signingKeys: { rotationDays: number };
  };
  clockProbe: Probe;
  migrationsFolder: URL;
}

export function composeAdmin(core: Core, dependencies: AdminDependencies) {
  const { isCompat, pool, redis } = core;
  const { audit, keys, signals, clients, sso, users, followed, migrationsFolder } = dependencies;
  const { consul, config } = dependencies;
  const proxyWatch = createProxyWatch(core.kit);
  const ofElasticsearch = elasticsearchProbe(config.elasticsearch);
  const ofConsul = consulProbe(consul);
  /** The checks of the diagnosis, in the order of its answer. */
  const probes = [
    postgresProbe({ db: pool, schema: 'auth', migrationsFolder }),
    redisProbe(redis, { keepsTokens: true }),
    dependencies.clockProbe,
    keys.probe,
    followed.environmentApiProbe,
    linksProbe(users.service),
    users.service.loginsProbe,
    ofElasticsearch,
    audit.forwardProbe,
    ofConsul,
    proxyWatch.probe,
  ];
  const overview = composeOverview(core, {
    administrators: dependencies.administrators,
    ...{ config, activity: dependencies.activity, audit, contactCenters: dependencies.contactCenters },
    ...{ keys, sso, users, helpDesk: dependencies.helpDesk, probes },
  });
  return {
    proxyWatch,
    /** For `/health`: without them the service goes on. */
    advisoryChecks: [
      advisoryCheck('environment-api', followed.environmentApiProbe),
      ...(config.elasticsearch.nodes.length > 0 ? [advisoryCheck('elasticsearch', ofElasticsearch)] : []),
      ...(consul ? [advisoryCheck('consul', ofConsul)] : []),
    ],
    administratorRoutes: async (app: App) =>
      administratorRoutes(app, {
        administrators: dependencies.administrators.service,
        people: dependencies.helpDesk.people,
      }),
    internalRoutes: async (app: App) =>
      administratorPlacesRoutes(app, {
        administrators: dependencies.administrators.known,
        contactCenters: dependencies.contactCenters.service,
      }),
    clientRoutes: async (app: App) =>
      clientRoutes(app, {
        clients: clients.service,
        exchangeRights: clients.exchangeRights,
        compatEnabled: isCompat,
      }),
    signingKeyRoutes: async (app: App) => signingKeyRoutes(app, { signingKeys: keys.service }),
    signalRoutes: async (app: App) => signalRoutes(app, signals),
    ssoRoutes: async (app: App) => ssoAdministrationRoutes(app, { ssoChecks: sso.checks, ssoKeys: sso.keys }),
    helpDeskRoutes: async (app: App) => helpDeskRoutes(app, dependencies.helpDesk),
    consoleLinkRoutes: async (app: App) =>
      consoleLinkRoutes(app, { consoleLinks: dependencies.consoleLinks.service }),
    peopleRoutes: async (app: App) => peopleRoutes(app, dependencies.helpDesk),
    environmentRoutes: async (app: App) => environmentRoutes(app, dependencies.helpDesk),
    auditRoutes: async (app: App) => auditRoutes(app, audit),
    diagnosisRoutes: async (app: App) => diagnosisRoutes(app, { probes, version: core.kit.version }),
    overviewRoutes: async (app: App) => overviewRoutes(app, { overview }),
  };
}
