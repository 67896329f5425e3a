/** Composes the users: links to their directories, password verification, limits, changes of persons. */
import type { ConsulAccess } from '@gatehouse/config-server-client/consul';
import type { Config } from '../../config.ts';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { Factors } from '../../factors/compose.ts';
import type { Activity } from '../../records/activity/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import { createConnector } from '../directories/connect.ts';
import { assertLinksOpen, linksProbe } from '../directories/link-health.ts';
import type { PeopleStore } from '../people-store/compose.ts';
import { createAdmission } from './admission.ts';
import { createUsualAddresses } from './attempts/usual-addresses.ts';
import { createLoginNames } from './login-name.ts';
import type { PasswordRule } from './password-rule.ts';
import { createUserService } from './service.ts';

interface AccountDependencies {
  config: Pick<Config, 'encryption' | 'signIn'>;
  consul: ConsulAccess | undefined;
  activity: Activity;
  audit: Audit;
  revocation: RevocationParts;
  contactCenters: ContactCenters;
  factors: Pick<Factors, 'held'>;
  peopleStore: PeopleStore;
  /** Whether a password counts where single sign-on is on. */
  ssoSettings: { passwordRule: PasswordRule };
}

export type AccountParts = ServicesOf<typeof composeAccounts>;

export function composeAccounts(core: Core, dependencies: AccountDependencies) {
  const { config, consul, activity, audit, peopleStore } = dependencies;
  const { environmentApi, service: contactCenters, keptPolicies } = dependencies.contactCenters;
  const connector = createConnector(core, {
    consul,
    environmentApi,
    connectPeopleStore: peopleStore.connect,
  });
  const loginNames = createLoginNames(config.signIn.userNamePatterns);
  const admission = createAdmission({
    contactCenters,
    keptPolicies,
    held: dependencies.factors.held,
    refused: audit.floodLimited({ maxPerAddress: 100, maxTotal: 300 }),
    now: core.now,
  });
  const service = createUserService(core, {
    admission,
    settings: config.signIn,
    contactCenters,
    environmentApi,
    connect: connector.connect,
    usualAddresses: createUsualAddresses(config.encryption.keys),
    passwordRule: dependencies.ssoSettings.passwordRule,
    loginNames,
    revocations: dependencies.revocation.revocations,
    audit,
    activity,
  });
  return {
    services: { service, admission, contactCenterStatus: service.contactCenterStatus, loginNames },
    follows: { afterDeactivation: service.follower },
    work: service.start,
    ready: [
      // Advisory: the outage of one environment must not stop the logins of the others.
      {
        name: 'configuration-servers',
        isAdvisory: true,
        check: async () => assertLinksOpen(service.links()),
      },
    ],
    probes: [linksProbe(service), service.loginsProbe],
    async close() {
      await service.close();
      await connector.close();
    },
  } satisfies Domain;
}
