/** Answers the overview: of the installation, or of one contact centre without anything that belongs to others. */
import { problemsOfLag } from '@gatehouse/audit-trail/forwarding';
import type { Ending } from '@gatehouse/contracts/answers';
import type { EnvironmentApiOverview } from '@gatehouse/contracts/environment-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import {
  createProblemWatch,
  listedBeforeMs,
  orderEndings,
  orderProblems,
  type Probe,
  problemsOfDeletions,
  problemsOfEndings,
} from '@gatehouse/service-kit/health';
import type { Pool } from '@gatehouse/service-kit/postgres';
import { unknownContactCenter } from '../access/caller.ts';
import type { Audit } from '../audit/compose.ts';
import type { ConfigurationService } from '../configuration/service.ts';
import { driftProblems } from './drift.ts';
import { createEnvironmentCertificates } from './environment-certificates.ts';
import { sharedPeopleProblems } from './shared-people.ts';
import { sharedSubjectProblems } from './shared-subjects.ts';
import { countInstallation, countOfContactCenter, listEndingKeys } from './store.ts';

export interface OverviewOptions {
  pool: Pool;
  audit: Pick<Audit, 'lag' | 'bounds'>;
  configuration: Pick<ConfigurationService, 'owners'>;
  probes: readonly Probe[];
  now: Clock;
}

const maxEndings = 20;
const runbooks = {
  Clock: 'a-clock-is-wrong',
  Certificates: 'a-certificate-ends',
  Elasticsearch: 'audit-events-wait',
  'LDAP directories': 'no-connection-to-a-configuration-server',
  'Trusted proxies': 'a-proxy-is-not-trusted',
  'Deprecated settings': 'a-setting-is-deprecated',
} as const;
const dispensable = ['Redis', 'Elasticsearch', 'Consul', 'Names', 'Certificates', 'WAL archive'];

export type OverviewService = ReturnType<typeof createOverviewService>;

export function createOverviewService({ pool, audit, configuration, probes, now }: OverviewOptions) {
  const environmentCertificates = createEnvironmentCertificates(pool);
  const problemWatch = createProblemWatch({
    // The lag of the second destination says how much waits for it.
    probes: probes.filter(({ name }) => name !== 'Second audit destination'),
    runbooks,
    dispensable,
    now,
  });

  const endingKeys = async (contactCenterId: string | undefined): Promise<Ending[]> => {
    const from = new Date(now()).toISOString();
    const until = new Date(now() + listedBeforeMs).toISOString();
    const keys = await listEndingKeys(pool, { from, until, contactCenterId }, maxEndings);
    return keys.map((key) => ({ kind: 'api-key', renewsItself: false, ...key }));
  };

  const endingCertificates = async (): Promise<Ending[]> => {
    const until = new Date(now() + listedBeforeMs).toISOString();
    return (await environmentCertificates()).filter(({ endsAt }) => endsAt < until);
  };

  const judged = (overview: Pick<EnvironmentApiOverview, 'problems' | 'endings' | 'counts' | 'auditLag'>) => {
    const endings = orderEndings(overview.endings, maxEndings);
    return {
      at: new Date(now()).toISOString(),
      ...overview,
      endings,
      problems: orderProblems([
        ...overview.problems,
        ...problemsOfLag(overview.auditLag ?? []),
        ...problemsOfEndings(endings, now()),
      ]),
    };
  };

  return {
    /** The overview leaves out what PostgreSQL cannot answer, and a problem says so. */
    async ofInstallation(): Promise<EnvironmentApiOverview> {
      const at = new Date(now()).toISOString();
      const [found, people, subjects, drift, counts, keys, certificates, auditLag, deletions] =
        await Promise.all([
          problemWatch(),
          sharedPeopleProblems(pool).catch(() => []),
          sharedSubjectProblems(pool).catch(() => []),
          driftProblems(configuration).catch(() => []),
          countInstallation(pool, at).catch(() => undefined),
          endingKeys(undefined).catch(() => []),
          endingCertificates().catch(() => []),
          audit.lag().catch(() => undefined),
          audit.bounds.waiting().catch(() => []),
        ]);
      const problems = [...found, ...people, ...subjects, ...drift, ...problemsOfDeletions(deletions)];
      return judged(definedOnly({ problems, counts, endings: [...keys, ...certificates], auditLag }));
    },
    /** @throws AppError 404 */
    async ofContactCenter(id: string): Promise<EnvironmentApiOverview> {
      const [counts, endings] = await Promise.all([
        countOfContactCenter(pool, id, new Date(now()).toISOString()),
        endingKeys(id),
      ]);
      if (counts === undefined) throw unknownContactCenter(id);
      return { contactCenterId: id, ...judged({ problems: [], counts, endings }) };
    },
  };
}
