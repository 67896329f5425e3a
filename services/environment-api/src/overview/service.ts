/** Answers the overview: of the installation, or of one contact centre without anything that belongs to others. */
import { problemsOfLag } from '@gatehouse/audit-trail/forwarding';
import type { AuditLag, Ending } from '@gatehouse/contracts/answers';
import type { EnvironmentApiOverview } from '@gatehouse/contracts/environment-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import {
  listedBeforeMs,
  orderEndings,
  orderProblems,
  type ProblemWatch,
  problemsOfDeletions,
  problemsOfEndings,
} from '@gatehouse/service-kit/health';
import type { DeletionBounds, Pool } from '@gatehouse/service-kit/postgres';
import { unknownContactCenter } from '../access/caller.ts';
import type { EnvironmentCertificates } from './environment-certificates.ts';
import { sharedPeopleProblems } from './shared-people.ts';
import { sharedSubjectProblems } from './shared-subjects.ts';
import { countInstallation, countOfContactCenter, listEndingKeys } from './store.ts';

export interface OverviewOptions {
  pool: Pool;
  lag(): Promise<AuditLag[]>;
  bounds: DeletionBounds;
  problemWatch: ProblemWatch;
  environmentCertificates: EnvironmentCertificates;
  now: Clock;
}

const maxEndings = 20;

export type OverviewService = ReturnType<typeof createOverviewService>;

export function createOverviewService(options: OverviewOptions) {
  const { pool, lag, bounds, problemWatch, environmentCertificates, now } = options;

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
      const [found, people, subjects, counts, keys, certificates, auditLag, deletions] = await Promise.all([
        problemWatch(),
        sharedPeopleProblems(pool).catch(() => []),
        sharedSubjectProblems(pool).catch(() => []),
        countInstallation(pool, at).catch(() => undefined),
        endingKeys(undefined).catch(() => []),
        endingCertificates().catch(() => []),
        lag().catch(() => undefined),
        bounds.waiting().catch(() => []),
      ]);
      const problems = [...found, ...people, ...subjects, ...problemsOfDeletions(deletions)];
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
