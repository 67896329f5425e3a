/** Builds the first page of the console from what both APIs tell; what one of them cannot tell is left out and said. */

import { type OverviewWindow, type Problem, windows } from '@gatehouse/contracts/answers';
import type { AlertState } from '@gatehouse/contracts/auth-administration';
import { consolePath } from '@gatehouse/contracts/auth-api';
import { orderProblems } from '@gatehouse/service-kit/health';
import { saidAbout } from '../../texts/said.ts';
import type { ListedArea } from '../shell/navigation.ts';
import type { ConsolePage } from '../shell/pages.ts';
import type { Table } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { type AlertsSection, alertsSection } from './alerts.ts';
import { type Figures, figuresOf } from './figures.ts';
import { type Overviews, type Steps, stepsOf } from './first-steps.ts';
import { type KeyNumber, numbersOf } from './numbers.ts';
import { endingsTable, linksTable } from './tables.ts';

export interface HomePage extends ConsolePage {
  windows: { label: string; href: string; isCurrent: boolean }[];
  problems: {
    title: string;
    message: string;
    /** In English: the words of a service of another release, or of a server. */
    isRaw: boolean;
    severity: Problem['severity'];
    badge: string;
    runbook: string;
    /** The page on which the problem is mended. */
    remedy: { href: string; label: string } | undefined;
  }[];
  /** Whether both APIs answered, so that no problem means that all is well. */
  isWhole: boolean;
  numbers: KeyNumber[];
  figures: Figures | undefined;
  links: Table | undefined;
  endings: Table | undefined;
  firstSteps: Steps | undefined;
  /** For administrators of the installation, when it is set up. */
  alerts: AlertsSection | undefined;
}

export function homePage(
  visit: ConsoleVisit,
  { authApi, environmentApi, alerts }: Overviews & { alerts: AlertState | undefined },
  { window, areas }: { window: OverviewWindow; areas: readonly ListedArea[] },
): HomePage {
  const { text } = visit;
  const signIns = authApi?.signIns;
  const firstSteps = stepsOf(visit, { authApi, environmentApi }, areas);
  const hasSignIns = signIns !== undefined && signIns.total.succeeded + signIns.total.failed > 0;
  return {
    title: text('console.home.title'),
    lead: text(visit.rights.installation ? 'console.home.lead' : 'console.home.leadOfContactCenter'),
    windows: windows.map((one) => ({
      label: text(`console.home.window.${one}`),
      href: one === '1h' ? consolePath : `${consolePath}?window=${one}`,
      isCurrent: one === window,
    })),
    problems: problemsOf(visit, { authApi, environmentApi }),
    isWhole: authApi !== undefined && environmentApi !== undefined,
    numbers: hasSignIns || firstSteps === undefined ? numbersOf(visit, { authApi, environmentApi }) : [],
    figures:
      signIns !== undefined && (hasSignIns || firstSteps === undefined)
        ? figuresOf(visit, signIns)
        : undefined,
    links: linksTable(visit, authApi),
    endings: endingsTable(visit, { authApi, environmentApi }),
    firstSteps,
    alerts: alerts === undefined || firstSteps !== undefined ? undefined : alertsSection(visit, alerts),
  };
}

function problemsOf(visit: ConsoleVisit, { authApi, environmentApi }: Overviews): HomePage['problems'] {
  const { text } = visit;
  const unanswered = [
    ...(authApi === undefined ? ['Auth API'] : []),
    ...(environmentApi === undefined ? ['Environment API'] : []),
  ].map(
    (subject): Problem => ({
      severity: 'critical',
      runbook: 'a-dependency-is-down',
      subject,
      message: text('console.home.noAnswer', { service: subject }),
    }),
  );
  const both = [...(authApi?.problems ?? []), ...(environmentApi?.problems ?? [])];
  // The page is about these; both APIs look at some of the same servers.
  const understood: string[] = [
    ...['installation', 'directories', 'audit trail', 'webhook', 'email'],
    ...[authApi?.contactCenterId, environmentApi?.contactCenterId].filter((id) => id !== undefined),
  ];
  const shown = orderProblems([...unanswered, ...both]).map((problem) => {
    const { severity, runbook } = problem;
    const { text: message, isRaw } = saidAbout(visit, problem, understood);
    return {
      title: text(`console.runbook.${runbook}`),
      message,
      isRaw: isRaw && !unanswered.includes(problem),
      severity,
      badge: text(`console.home.severity.${severity}`),
      runbook: `${consolePath}/runbooks#${runbook}`,
      remedy:
        runbook === 'deletions-wait'
          ? { href: `${consolePath}/audit/retention`, label: text('console.audit.retention.title') }
          : undefined,
    };
  });
  return shown.filter(
    ({ title, message }, index) =>
      shown.findIndex((one) => one.title === title && one.message === message) === index,
  );
}
