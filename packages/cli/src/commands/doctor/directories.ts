/** Tries the directories of all environments and the identity providers of all contact centres, as the console and `gatehouse check` do. */
import { checkSingleSignOn } from '@gatehouse/api-client/auth-api';
import {
  checkEnvironment,
  createContactCenterAdministration,
  createEnvironmentAdministration,
} from '@gatehouse/api-client/environment-api';
import type { Check, ServerCheck } from '@gatehouse/contracts/environment-administration';
import { asked } from '../../failure/upstream.ts';
import type { StepLine } from '../../output/steps.ts';
import type { Session } from '../../session.ts';
import { address } from '../env/server-text.ts';

export async function checkDirectories({ environmentApi }: Session): Promise<StepLine[]> {
  const environments = await createEnvironmentAdministration(environmentApi).list();
  const rows: StepLine[] = [];
  // One after the other: they share one process there.
  for (const { id, name = id } of environments) {
    const { answer, failure } = await asked(checkEnvironment(environmentApi, id));
    rows.push(answer ? directoryRow(answer, name) : failedRow(name, failure?.message));
  }
  return orNone(rows, 'environments', 'There are none: gatehouse env create makes one.');
}

function directoryRow({ ok, discovery, servers, people = [] }: Check, name: string): StepLine {
  const steps = [...(discovery ? [discovery] : []), ...people, ...servers.flatMap(stepsOf)];
  const failed = steps.filter(({ status }) => status === 'failed').map(({ message }) => message);
  if (!ok) return failedRow(name, failed.join('; '));
  const places = servers.map(({ address: host, port }) => address(host, port));
  const message =
    places.length > 0 ? `Every server passed: ${places.join(', ')}.` : 'Its people can sign in.';
  return { name, status: 'ok', message };
}

const stepsOf = ({ steps, login = [] }: ServerCheck) => [...steps, ...login];

export async function checkProviders({ authApi, environmentApi }: Session): Promise<StepLine[]> {
  const centers = await createContactCenterAdministration(environmentApi).list();
  const rows: StepLine[] = [];
  for (const { id, name = id } of centers) {
    const { answer, failure } = await asked(checkSingleSignOn(authApi, id));
    if (failure) rows.push(failedRow(name, failure.message));
    for (const { protocol, location, enabled, steps } of answer?.protocols ?? []) {
      if (!enabled) continue;
      const place = `${name} (${protocol} at ${location})`;
      const worst = (['failed', 'warning'] as const).find((one) =>
        steps.some(({ status }) => status === one),
      );
      const said = steps.filter(({ status }) => status === worst).map(({ message }) => message);
      const message = worst ? said.join('; ') : 'The identity provider passed every step.';
      rows.push({ name: place, status: worst ?? 'ok', message });
    }
  }
  return orNone(rows, 'identity providers', 'No contact centre has single sign-on enabled.');
}

const failedRow = (name: string, message = ''): StepLine => ({ name, status: 'failed', message });

const orNone = (rows: StepLine[], name: string, message: string): StepLine[] =>
  rows.length > 0 ? rows : [{ name, status: 'skipped', message }];
