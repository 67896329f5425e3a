/** Builds what the header of a page about an environment says: its name and its breadcrumbs. */

import type { Warning } from '@gatehouse/contracts/answers';
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { Environment } from '@gatehouse/contracts/environment-administration';
import { saidIn } from '../../texts/said.ts';
import { isTextKey } from '../../texts/texts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

export const environmentsPath = `${consolePath}/environments`;
export const environmentPath = (id: string) => `${environmentsPath}/${encodeURIComponent(id)}`;

/** The release before answers no name. */
export const nameOf = ({ name, id }: Environment): string => name ?? id;

/** The breadcrumbs of a page below an environment, such as a form. */
export function environmentBreadcrumbs(visit: ConsoleVisit, environment: Environment) {
  return [
    { label: visit.text('console.environments.title'), href: environmentsPath },
    { label: nameOf(environment), href: environmentPath(environment.id) },
  ];
}

/** The failures of a saved environment, each with its step. */
export const failuresOf = (visit: ConsoleVisit, warnings: readonly Warning[]) => ({
  key: 'console.saved.failing' as const,
  lines: warnings.map(({ step, ...warning }) => {
    const key = `console.environments.step.${step}`;
    const said = saidIn(visit, warning).text;
    return isTextKey(key) ? `${visit.text(key)}: ${said}` : said;
  }),
});
