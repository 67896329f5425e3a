/** Builds the picture of a check: for each server the steps to it, how far they came, and what to change. */
import type { Check, Environment } from '@gatehouse/contracts/environment-administration';
import type { ConsoleVisit } from '../shell/shell.ts';
import { type ShownStep, type StepsPage, shownStep } from '../shell/steps.ts';
import { environmentBreadcrumbs, environmentPath } from './page-header.ts';
import { hostAndPort } from './server-lines.ts';

type Step = NonNullable<Check['people']>[number] | Check['servers'][number]['steps'][number];

export function checkPage(visit: ConsoleVisit, environment: Environment, check: Check): StepsPage {
  return {
    ...stepsOf(visit, check, environment.consulService ?? environment.srvRecord),
    breadcrumbs: environmentBreadcrumbs(visit, environment),
    again: {
      action: `${environmentPath(environment.id)}/check`,
      label: visit.text('console.environments.check.again'),
    },
  };
}

/** Of what a form would store. */
export const trialPage = (visit: ConsoleVisit, check: Check): StepsPage => ({
  ...stepsOf(visit, check),
  lead: visit.text('console.form.trial.lead'),
});

function stepsOf(visit: ConsoleVisit, check: Check, registryName = ''): StepsPage {
  const { text } = visit;
  const shown = ({ step, ...rest }: Omit<Step, 'step'> & { step: string }): ShownStep =>
    shownStep(visit, 'console.environments.step', { name: step, ...rest });
  const discovery = check.discovery && {
    title: text('console.environments.check.discovery'),
    note: registryName,
    steps: [shown(check.discovery)],
  };
  const servers = check.servers.map(({ address, port, role, steps, login = [] }) => ({
    title: hostAndPort(address, port),
    note: text(`console.environments.check.role.${role}`),
    steps: [...steps, ...login].map(shown),
  }));
  const people = check.people && {
    title: text('console.environments.check.people'),
    note: '',
    steps: check.people.map(shown),
  };
  return {
    title: text('console.environments.check.title'),
    outcome: check.ok ? 'good' : 'bad',
    verdict: text(check.ok ? 'console.environments.check.good' : 'console.environments.check.bad'),
    groups: [discovery, ...servers, people].filter((group) => group !== undefined),
  };
}
