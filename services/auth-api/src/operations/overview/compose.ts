/** Composes the overview of this service from the domains that know its parts. */
import type { Problem } from '@gatehouse/contracts/answers';
import type { Probe } from '@gatehouse/service-kit/health';
import type { Config } from '../../config.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { SigningKeyParts } from '../../keys/signing-keys/compose.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Activity } from '../../records/activity/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Administrators } from '../../registry/administrators/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { Sso } from '../../sign-in/sso/compose.ts';
import type { HelpDesk } from '../help-desk/compose.ts';
import { createEndings } from './endings.ts';
import { watchProbes } from './probe-problems.ts';
import { overviewRoutes } from './routes.ts';
import { createOverviewService } from './service.ts';

interface OverviewDependencies {
  config: Pick<Config, 'signingKeys'>;
  activity: Activity;
  administrators: Administrators;
  audit: Audit;
  contactCenters: ContactCenters;
  helpDesk: HelpDesk;
  signingKeys: SigningKeyParts;
  sso: Sso;
  accounts: AccountParts;
  /** Of alerts that do not arrive. */
  alertDelivery: { problems(): Promise<Problem[]> };
  diagnosis: { probes: readonly Probe[] };
}

export function composeOverview({ pool, location, now }: Core, dependencies: OverviewDependencies) {
  const { config, activity, audit, sso, diagnosis } = dependencies;
  const { service: contactCenters } = dependencies.contactCenters;
  const { keys: signingKeys } = dependencies.signingKeys.service;
  const rotationMs = config.signingKeys.rotationDays * 86_400_000;
  const overview = createOverviewService({
    activity,
    links: dependencies.accounts.service.links,
    audit,
    endings: createEndings({ pool, signingKeys, rotationMs, sso, contactCenters, now }),
    problemWatch: watchProbes(diagnosis.probes, now),
    contactCenters,
    administrators: dependencies.administrators.service,
    unlocks: dependencies.helpDesk.unlockWatch,
    alertProblems: dependencies.alertDelivery.problems,
    pool,
    location,
    now,
  });
  return {
    services: { overview },
    mounts: [['operators', '', (app) => overviewRoutes(app, { overview })]],
  } satisfies Domain;
}
