/** Lists the incidents of docs/guides/runbooks.md that one node can show, in the order of the page. */
import type { Step } from '../step.ts';
import { auditIncidents } from './audit.ts';
import { clientIncidents } from './clients.ts';
import { dependencyIncidents } from './dependencies.ts';
import { destinationIncidents } from './destinations.ts';
import { guessingIncidents } from './guessing.ts';
import { loginIncidents } from './logins.ts';
import { titles } from './page.ts';
import { passkeyIncidents } from './passkeys.ts';
import { podIncidents } from './pods.ts';
import { singleSignOnIncidents } from './single-sign-on.ts';
import { storeIncidents } from './stores.ts';

const incidents: readonly Step[] = [
  ...podIncidents,
  ...dependencyIncidents,
  ...storeIncidents,
  ...clientIncidents,
  ...loginIncidents,
  ...guessingIncidents,
  ...passkeyIncidents,
  ...singleSignOnIncidents,
  ...auditIncidents,
  ...destinationIncidents,
];

/**
 * One node has one Redis and one PostgreSQL: `npm run test:failover` has several. The runtime that reads the logs of a node also
 * runs its probes: `tools/test/start/` has a pipe that nobody reads. `npm run test:clock` sets the clocks of replicas and of PostgreSQL,
 * which on one node are the clock of the node. The tests of the two overviews show the problems that need no cluster, and those of
 * the alerts have receivers that refuse, hang and answer.
 */
export const shownElsewhere = [
  'Redis fails over',
  'PostgreSQL fails over',
  'Log lines are missing',
  'A clock is wrong',
  'Alerts do not arrive',
  'Deletions wait',
  'An entry of an administrator gives no right',
  'Contact centres share their subjects',
  'Contact centres share their people',
  'A setting is deprecated',
  'The installation differs from its documents',
];

export const runbookSteps: readonly Step[] = titles
  .filter((title) => !shownElsewhere.includes(title))
  .map((title) => {
    const step = incidents.find(({ name }) => name === `runbook: ${title}`);
    if (step === undefined) throw new Error(`nothing plays "${title}"`);
    return step;
  });
