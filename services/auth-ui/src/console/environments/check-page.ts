/** Builds the picture of a check: for each server the steps to it, how far they came, and what to change. */
import { consolePath } from '@gatehouse/contracts/auth-api/console';
import type { Check } from '@gatehouse/contracts/environment-api/administration/checks';
import type { Environment } from '@gatehouse/contracts/environment-api/administration/environments';
import type { TextKey } from '../../texts/texts.ts';
import type { ConsolePage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { hostAndPort } from './fields.ts';
import { above } from './pages.ts';

interface ShownStep {
  name: string;
  status: 'ok' | 'failed' | 'skipped';
  statusWord: string;
  message: string;
  duration: string;
}

export interface CheckPage extends ConsolePage {
  isGood: boolean;
  verdict: string;
  groups: { title: string; note: string; isGood: boolean; steps: ShownStep[] }[];
  again: { action: string; label: string };
}

type Step = NonNullable<Check['people']>[number] | Check['servers'][number]['steps'][number];

export function checkPage(visit: ConsoleVisit, environment: Environment, check: Check): CheckPage {
  const { text } = visit;
  const shown = (step: Omit<Step, 'step'> & { step: string }): ShownStep => ({
    name: text(`console.environments.step.${step.step}` as TextKey),
    status: step.status,
    statusWord: text(`console.environments.step.status.${step.status}`),
    // In English: the words of the API, as the command line prints them.
    message: step.message,
    duration: step.status === 'skipped' ? '' : text('console.environments.step.ms', { ms: step.durationMs }),
  });
  const discovery = check.discovery && {
    title: text('console.environments.check.discovery'),
    note: environment.consulService ?? environment.srvRecord ?? '',
    isGood: check.discovery.status === 'ok',
    steps: [shown(check.discovery)],
  };
  const servers = check.servers.map(({ address, port, role, ok, steps, login = [] }) => ({
    title: hostAndPort(address, port),
    note: text(`console.environments.check.role.${role}`),
    isGood: ok,
    steps: [...steps, ...login].map(shown),
  }));
  const people = check.people && {
    title: text('console.environments.check.people'),
    note: '',
    isGood: check.people.every(({ status }) => status === 'ok'),
    steps: check.people.map(shown),
  };
  return {
    title: text('console.environments.check.title'),
    path: above(visit, environment),
    isGood: check.ok,
    verdict: text(check.ok ? 'console.environments.check.good' : 'console.environments.check.bad'),
    groups: [discovery, ...servers, people].filter((group) => group !== undefined),
    again: {
      action: `${consolePath}/environments/${environment.id}/check`,
      label: text('console.environments.check.again'),
    },
  };
}
