/** Composes the overview of this service from the domains that know its parts. */

import { createProblemWatch, type Probe } from '@gatehouse/service-kit/health';
import type { Core } from '../../core/core.ts';
import type { Domain } from '../../core/domain.ts';
import type { SigningKeyParts } from '../../keys/signing-keys/compose.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Activity } from '../../records/activity/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Administrators } from '../../registry/administrators/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { Sso } from '../../sign-in/sso/compose.ts';
import type { HelpDesk } from '../help-desk/compose.ts';
import { createEndings } from './endings.ts';
import { overviewRoutes } from './routes.ts';
import { createOverviewService } from './service.ts';

interface OverviewDependencies {
  config: { signingKeys: { rotationDays: number } };
  activity: Activity;
  administrators: Administrators;
  audit: Audit;
  contactCenters: ContactCenters;
  helpDesk: HelpDesk;
  signingKeys: SigningKeyParts;
  sso: Sso;
  accounts: AccountParts;
  diagnosis: { probes: readonly Probe[] };
}

const runbooks = {
  Clock: 'a-clock-is-wrong',
  logins: 'no-login-can-succeed-in-an-environment',
  Elasticsearch: 'audit-events-wait',
  'Trusted proxies': 'a-proxy-is-not-trusted',
} as const;
const reportedElsewhere = ['Configuration Servers', 'Second audit destination'];
const dispensable = ['Environment API', 'Elasticsearch', 'Consul'];

export function composeOverview(core: Core, dependencies: OverviewDependencies) {
  const { pool, location, now } = core;
  const { config, activity, audit, signingKeys, sso, accounts, diagnosis } = dependencies;
  const contactCenters = dependencies.contactCenters.service;
  const overview = createOverviewService({
    activity,
    links: accounts.service.links,
    audit,
    endings: createEndings({
      pool,
      signingKeys: signingKeys.service.keys,
      rotationMs: config.signingKeys.rotationDays * 86_400_000,
      sso,
      contactCenters,
      now,
    }),
    // The links and what waits for the second destination are told as they are now.
    problemWatch: createProblemWatch({
      probes: diagnosis.probes.filter(({ name }) => !reportedElsewhere.includes(name)),
      runbooks,
      dispensable,
      now,
    }),
    contactCenters,
    administrators: dependencies.administrators.service,
    unlocks: dependencies.helpDesk.unlockWatch,
    pool,
    location,
    now,
  });
  return {
    mounts: [['operators', '', (app) => overviewRoutes(app, { overview })]],
  } satisfies Domain;
}
