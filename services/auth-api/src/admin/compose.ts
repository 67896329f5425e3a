/** Composes the administration of clients, keys, single sign-on and the audit trail, and the diagnosis. */
import { elasticsearchProbe } from '@gatehouse/audit-trail/elasticsearch/probe';
import type { ConsulAccess } from '@gatehouse/config-server-client/discovery/consul/consul-access';
import { consulProbe } from '@gatehouse/config-server-client/discovery/consul/consul-probe';
import { advisoryCheck } from '@gatehouse/service-kit/health/advisory-check';
import { createProxyWatch } from '@gatehouse/service-kit/http/untrusted-proxy';
import type { Activity } from '../activity/compose.ts';
import type { Administrators } from '../administrators/compose.ts';
import type { Audit } from '../audit/compose.ts';
import type { Clients } from '../clients/compose.ts';
import type { ConsoleLinkParts } from '../console-links/compose.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import type { Core } from '../core.ts';
import { type Domain, type Mount, prefixes } from '../domain.ts';
import type { HelpDesk } from '../help-desk/compose.ts';
import type { Keys } from '../keys/compose.ts';
import { composeOverview } from '../overview/compose.ts';
import type { Signals } from '../signals/compose.ts';
import type { Sso } from '../sso/compose.ts';
import type { Users } from '../users/compose.ts';
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
  helpDesk: HelpDesk;
  consoleLinks: ConsoleLinkParts;
  consul: ConsulAccess | undefined;
  config: {
    elasticsearch: Parameters<typeof elasticsearchProbe>[0];
    signingKeys: { rotationDays: number };
  };
}

/** In the answer of the diagnosis; what no line names comes after these, in the order of the domains. */
const firstProbes = ['PostgreSQL', 'Redis', 'Clock', 'Signing keys', 'Environment API'];

export function composeAdmin(core: Core, dependencies: AdminDependencies, before: readonly Domain[]) {
  const { isCompat } = core;
  const { audit, keys, signals, clients, sso, users, consul, config } = dependencies;
  const proxyWatch = createProxyWatch(core.kit);
  const ofElasticsearch = elasticsearchProbe(config.elasticsearch);
  const ofConsul = consulProbe(consul);
  const all = [
    ...before.flatMap(({ probes }) => probes ?? []),
    ...[ofElasticsearch, audit.forwardProbe, ofConsul, proxyWatch.probe],
  ];
  const probes = [
    ...firstProbes.flatMap((first) => all.filter(({ name }) => name === first)),
    ...all.filter(({ name }) => !firstProbes.includes(name)),
  ];
  const overview = composeOverview(core, {
    administrators: dependencies.administrators,
    ...{ config, activity: dependencies.activity, audit, contactCenters: dependencies.contactCenters },
    ...{ keys, sso, users, helpDesk: dependencies.helpDesk, probes },
  });
  const { ops } = prefixes;
  const operators = (path: string, routes: Mount['routes']): Mount => ({
    audience: 'operators',
    prefix: `${ops}${path}`,
    routes,
  });
  return {
    services: { proxyWatch },
    ready: [
      ...(config.elasticsearch.nodes.length > 0 ? [advisoryCheck('elasticsearch', ofElasticsearch)] : []),
      ...(consul ? [advisoryCheck('consul', ofConsul)] : []),
    ],
    mounts: [
      {
        audience: 'pages of operators',
        prefix: `${ops}/clients`,
        routes: (app) =>
          clientRoutes(app, {
            clients: clients.service,
            exchangeRights: clients.exchangeRights,
            compatEnabled: isCompat,
          }),
      },
      {
        audience: 'services',
        routes: (app) =>
          administratorPlacesRoutes(app, {
            administrators: dependencies.administrators.known,
            contactCenters: dependencies.contactCenters.service,
          }),
      },
      operators('/administrators', (app) =>
        administratorRoutes(app, {
          administrators: dependencies.administrators.service,
          people: dependencies.helpDesk.people,
        }),
      ),
      operators('', (app) => ssoAdministrationRoutes(app, { ssoChecks: sso.checks, ssoKeys: sso.keys })),
      operators('', (app) => helpDeskRoutes(app, dependencies.helpDesk)),
      operators('/people', (app) => peopleRoutes(app, dependencies.helpDesk)),
      operators('/environments', (app) => environmentRoutes(app, dependencies.helpDesk)),
      operators('/signing-keys', (app) => signingKeyRoutes(app, { signingKeys: keys.service })),
      operators('/signal-receivers', (app) => signalRoutes(app, signals)),
      operators('/console-links', (app) =>
        consoleLinkRoutes(app, { consoleLinks: dependencies.consoleLinks.service }),
      ),
      {
        audience: 'operators',
        routes: (app) => diagnosisRoutes(app, { probes, version: core.kit.version }),
      },
      { audience: 'operators', routes: (app) => overviewRoutes(app, { overview }) },
      operators('/audit', (app) => auditRoutes(app, audit)),
    ],
  } satisfies Domain;
}
