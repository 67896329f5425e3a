/** Shows the check of an environment as lines: for each server the steps, how far they came, and what to change. */
import type {
  Check,
  DiscoveryStep,
  LoginStep,
  PeopleStep,
  ServerCheck,
  Step,
} from '@gatehouse/contracts/environment-administration';
import type { Output } from '../../output/output.ts';
import { renderSteps } from '../../output/steps.ts';
import { shown } from '../../output/text.ts';
import { address } from './server-text.ts';

export function checkLines(check: Check, output: Output): string {
  const { environmentId, environmentName = environmentId, ok, discovery, servers, people } = check;
  const verdict = people
    ? `its people ${ok ? 'can' : 'cannot'} sign in`
    : ok
      ? 'every server passed'
      : 'not every server passed';
  const head = `${output.paint('bold', `Environment ${shown(environmentName)}`)}: ${verdict}\n`;
  const found = renderSteps([...(discovery ? [discovery] : []), ...(people ?? [])].map(stepLine), output);
  return `${head}${found}${servers.map((server) => serverLines(server, output)).join('')}`;
}

function serverLines(server: ServerCheck, output: Output): string {
  const { address: host, port, role, source, steps, login = [] } = server;
  const origin = source === 'registry' ? ', from the registry' : '';
  return `  ${shown(address(host, port))} (${role}${origin})\n${renderSteps([...steps, ...login].map(stepLine), output)}`;
}

function stepLine({ step, ...rest }: Step | LoginStep | DiscoveryStep | PeopleStep) {
  return { name: step, ...rest };
}
