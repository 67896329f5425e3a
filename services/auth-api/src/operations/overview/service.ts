/** Answers the overview: of the installation, or of one contact centre without anything that belongs to others. */
import { problemsOfLag } from '@gatehouse/audit-trail/forwarding';
import type { OverviewWindow, Problem } from '@gatehouse/contracts/answers';
import type { AuthApiOverview } from '@gatehouse/contracts/auth-administration';
import { definedOnly, loginNameOf } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { notFound } from '@gatehouse/service-kit/errors';
import {
  orderEndings,
  orderProblems,
  type ProblemWatch,
  problemsOfDeletions,
  problemsOfEndings,
} from '@gatehouse/service-kit/health';
import type { Pool } from '@gatehouse/service-kit/postgres';
import { say, wordsOf } from '@gatehouse/service-kit/sentences';
import type { AccountParts } from '../../people/accounts/compose.ts';
import { sayDown } from '../../people/directories/link-health.ts';
import type { Activity } from '../../records/activity/compose.ts';
import { type Series, type Window, windowAt } from '../../records/activity/series.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Administrators } from '../../registry/administrators/compose.ts';
import { isWhole, type StoredAdministrator } from '../../registry/administrators/service.ts';
import { countClients } from '../../registry/clients/certificates.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import type { HelpDesk } from '../help-desk/compose.ts';
import type { Endings } from './endings.ts';
import { problemOfUnlocks, problemsOfSignIns } from './sign-in-problems.ts';
import { stepsOf } from './windows.ts';

export interface OverviewOptions {
  activity: Pick<Activity, 'series' | 'finestStepMs'>;
  links: AccountParts['service']['links'];
  audit: Pick<Audit, 'lag' | 'retention' | 'seenPeople'>;
  endings: Endings;
  problemWatch: ProblemWatch;
  /** Of alerts that do not arrive. */
  alertProblems(): Promise<Problem[]>;
  unlocks: Pick<HelpDesk['unlockWatch'], 'alarms'>;
  contactCenters: Pick<ContactCenterService, 'find'>;
  administrators: Pick<Administrators['service'], 'list'>;
  pool: Pool;
  location: string;
  now: Clock;
}

export interface OverviewQuestion {
  window: OverviewWindow;
  step?: number | undefined;
  contactCenterId?: string | undefined;
}

const minuteMs = 60_000;
/** The judged counts: whole steps of both kinds. */
const judgedMs = 20 * minuteMs;
const maxEndings = 20;
const maxLinks = 20;

export type Overview = ReturnType<typeof createOverviewService>;

export function createOverviewService(options: OverviewOptions) {
  const { activity, links, audit, endings, contactCenters, pool, location, now } = options;

  const signInsOf = async ({ window, step, contactCenterId }: OverviewQuestion) => {
    const finestStepMs = activity.finestStepMs(contactCenterId);
    const shown = windowAt(now(), stepsOf(window, step, finestStepMs));
    const judged = windowAt(now(), { lengthMs: judgedMs, stepMs: finestStepMs });
    const [series, lately] = await Promise.all([
      activity.series(shown, contactCenterId),
      activity.series(judged, contactCenterId),
    ]);
    const problems = problemsOfSignIns(lately, contactCenterId ?? 'installation', judgedMs / minuteMs);
    return { signIns: signInsView(shown, series, contactCenterId === undefined), problems };
  };

  const unlockProblems = async (): Promise<Problem[]> => {
    const subs = await options.unlocks.alarms();
    const people = await audit.seenPeople.namesOf(subs).catch(() => []);
    const named = people.map(async ({ sub, userName, contactCenterId: id }) => {
      const place = await contactCenters.find(id).catch(() => undefined);
      return [sub, loginNameOf(userName, place?.domains[0])] as const;
    });
    const names = new Map(await Promise.all(named));
    return subs.map((sub) => problemOfUnlocks(sub, names.get(sub)));
  };

  const ofInstallation = async (question: OverviewQuestion): Promise<AuthApiOverview> => {
    const [signIns, found, ending, auditLag, deletions, clients, administrators, unlocks, alerts] =
      await Promise.all([
        signInsOf(question).catch(() => undefined),
        options.problemWatch(),
        endings(undefined),
        audit.lag().catch(() => undefined),
        audit.retention.waiting().catch(() => []),
        countClients(pool).catch(() => undefined),
        options.administrators.list().catch(() => []),
        unlockProblems().catch(() => []),
        options.alertProblems().catch(() => []),
      ]);
    const listed = orderEndings(ending, maxEndings);
    return definedOnly({
      at: new Date(now()).toISOString(),
      location,
      problems: orderProblems([
        ...problemsOfLinks(links()),
        ...found,
        ...(signIns?.problems ?? []),
        ...unlocks,
        ...alerts,
        ...problemsOfLag(auditLag ?? []),
        ...problemsOfDeletions(deletions),
        ...problemsOfAdministrators(administrators),
        ...problemsOfEndings(listed, now()),
      ]),
      signIns: signIns?.signIns,
      links: linksView(links()),
      endings: listed,
      auditLag,
      clients,
    });
  };

  const ofContactCenter = async (question: OverviewQuestion, id: string): Promise<AuthApiOverview> => {
    const center = await contactCenters.find(id);
    if (center === undefined) throw notFound(`There is no contact centre ${JSON.stringify(id)}`);
    const [signIns, ending] = await Promise.all([signInsOf(question).catch(() => undefined), endings(id)]);
    // Addresses and reasons belong to the environment, which others may share.
    const own = links()
      .filter(({ environmentId }) => environmentId === center.environmentId)
      .map(({ environmentId, state }) => ({ environmentId, state }));
    const down: Problem[] = own.some(({ state }) => state === 'down')
      ? [
          {
            severity: 'critical',
            runbook: 'no-connection-to-a-configuration-server',
            subject: id,
            ...wordsOf(say('problem.directory')),
          },
        ]
      : [];
    const listed = orderEndings(ending, maxEndings);
    return definedOnly({
      at: new Date(now()).toISOString(),
      location,
      contactCenterId: id,
      problems: orderProblems([...down, ...(signIns?.problems ?? []), ...problemsOfEndings(listed, now())]),
      signIns: signIns?.signIns,
      links: linksView(own),
      endings: listed,
    });
  };

  return {
    /** @throws AppError 404 where there is no such contact centre, 503 while Environment API cannot tell */
    read: (question: OverviewQuestion): Promise<AuthApiOverview> =>
      question.contactCenterId === undefined
        ? ofInstallation(question)
        : ofContactCenter(question, question.contactCenterId),
  };
}

function signInsView({ fromMs, toMs, stepMs }: Window, series: Series, withTokens: boolean) {
  const view = ({ succeeded, failed, p50Ms, p95Ms, tokensIssued, tokensRefused }: Series['total']) =>
    definedOnly({
      succeeded,
      failed,
      p50Ms,
      p95Ms,
      tokensIssued: withTokens ? tokensIssued : undefined,
      tokensRefused: withTokens ? tokensRefused : undefined,
    });
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    stepSeconds: stepMs / 1000,
    steps: series.steps.map(({ atMs, ...counts }) => ({ at: new Date(atMs).toISOString(), ...view(counts) })),
    total: view(series.total),
    failures: series.failures,
  };
}

const maxNamed = 5;

/** Entries of a release before, of which the upgrade could not tell everything. */
function problemsOfAdministrators(all: readonly StoredAdministrator[]): Problem[] {
  const broken = all.filter((entry) => !isWhole(entry));
  if (broken.length === 0) return [];
  const named = broken.slice(0, maxNamed).map(({ name }) => name);
  const rest = broken.length - named.length;
  return [
    {
      severity: 'warning',
      runbook: 'an-entry-of-an-administrator-gives-no-right',
      subject: 'installation',
      ...wordsOf(say('problem.administrators', { names: rest > 0 ? [...named, `+${rest}`] : named })),
    },
  ];
}

/** One for all, because they may have one cause. */
function problemsOfLinks(all: readonly Link[]): Problem[] {
  const down = all.filter(({ state }) => state === 'down');
  if (down.length === 0) return [];
  const named = down.slice(0, maxNamed).map(sayDown);
  const count = down.length - named.length;
  return [
    {
      severity: 'critical',
      runbook: 'no-connection-to-a-configuration-server',
      subject: 'directories',
      ...wordsOf(...named, ...(count > 0 ? [say('problem.links.more', { count })] : [])),
    },
  ];
}

type Link = ReturnType<OverviewOptions['links']>[number];

function linksView(
  all: readonly (Pick<Link, 'environmentId' | 'state'> & Partial<Link>)[],
): AuthApiOverview['links'] {
  const of = (state: string) => all.filter((link) => link.state === state).length;
  const notOpen = all.flatMap(({ environmentId, environmentName, state, reason }) =>
    state === 'down' || state === 'connecting'
      ? [{ environmentId, state, ...definedOnly({ environmentName, reason }) } as const]
      : [],
  );
  return {
    open: of('open'),
    down: of('down'),
    connecting: of('connecting'),
    notOpen: notOpen.toSorted((one, other) => other.state.localeCompare(one.state)).slice(0, maxLinks),
  };
}
