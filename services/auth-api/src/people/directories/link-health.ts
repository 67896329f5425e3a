/** Reports to operators which links to Configuration Servers are down, and in which environments no login can succeed. */
import { type Directory, isOwnDirectory, peopleSources } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { CfgObjectState, examineLogin } from '@gatehouse/people-directory';
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Probe } from '@gatehouse/service-kit/health';
import type { Logger, Metrics } from '@gatehouse/service-kit/observability';
import { sayFound } from '@gatehouse/service-kit/sentences';
import type { EnvironmentLinks } from './environment-links.ts';
import type { ExaminedBackend } from './links-in-use.ts';

type LinkStates = ReturnType<EnvironmentLinks['states']>;

/** @throws Error that names each environment whose link is down, and why. */
export function assertLinksOpen(links: LinkStates): void {
  const down = links.filter(({ state }) => state === 'down');
  if (down.length === 0) return;
  throw new Error(
    down
      .map(
        ({ environmentId, environmentName: name = environmentId, reason }) =>
          `environment ${name}: ${reason ?? 'no server answers'}`,
      )
      .join('; '),
  );
}

/** Checks the links that this replica holds. */
export function linksProbe(users: { links(): LinkStates }): Probe {
  return {
    name: 'Configuration Servers',
    async run() {
      const links = users.links();
      if (links.length === 0)
        return { status: 'skipped', message: 'Nobody has signed in through this replica.' };
      assertLinksOpen(links);
      return { status: 'ok', message: `The links of ${links.length} environments are up.` };
    },
  };
}

/** Whether the people of an environment can sign in; `unknown` while its link is down or nothing answers. */
const loginStatuses = ['possible', 'no_tenant', 'no_people', 'unknown'] as const;

interface LoginStatus {
  logins: (typeof loginStatuses)[number];
  message?: string;
  version: number;
  examinedAtMs: number;
}

export interface LoginWatchOptions {
  inUse: EnvironmentLinks['inUse'];
  metrics: Metrics;
  log: Logger;
  now: Clock;
}

const intervalMs = 30_000;
/** As long as a tenant that was found is not looked up again. */
const possibleForMs = 10 * 60_000;
const questionMs = 3_000;
const atOnce = 16;

export function createLoginWatch({ inUse, metrics, log, now }: LoginWatchOptions) {
  const count = metrics.gauge(
    'gatehouse_environment_logins',
    'Environments that this replica uses, by whether their people can sign in.',
    ['logins'],
  );
  for (const logins of loginStatuses) count.set({ logins }, 0);
  let known = new Map<string, LoginStatus>();

  const loginStatusOf = async (
    { environment, backend }: ReturnType<LoginWatchOptions['inUse']>[number],
    signal: AbortSignal,
  ): Promise<Omit<LoginStatus, 'version' | 'examinedAtMs'>> => {
    if (backend.state !== 'open') return { logins: 'unknown' };
    if (!peopleSources[environment.directory].hasTenants)
      return peopleStatusOf(backend, environment.directory, signal);
    const steps = await examineLogin(backend, environment, { signal, deadlineMs: questionMs });
    const failed = steps.find(({ status }) => status === 'failed');
    if (failed === undefined) return { logins: 'possible' };
    if (failed.isUnanswered || failed.step === 'application') return { logins: 'unknown' };
    const { message } = sayFound(failed.sentence);
    return { logins: failed.step === 'tenant' ? 'no_tenant' : 'no_people', message };
  };

  /** `isFresh`: also those that were well a moment ago. Never rejects. */
  const examine = async (
    isFresh: boolean,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, LoginStatus>> => {
    const next = new Map<string, LoginStatus>();
    const waiting = inUse();
    const work = async () => {
      for (let use = waiting.pop(); use !== undefined && !signal.aborted; use = waiting.pop()) {
        const { id, version } = use.environment;
        const before = known.get(id);
        const isRecent = before?.version === version && now() - before.examinedAtMs < possibleForMs;
        if (!isFresh && isRecent && before.logins === 'possible') next.set(id, before);
        else next.set(id, { ...(await loginStatusOf(use, signal)), version, examinedAtMs: now() });
        const { message } = next.get(id) ?? {};
        if (message !== undefined && before?.message !== message)
          log.warn({ environmentId: id, reason: message }, 'no login can succeed in this environment');
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    if (signal.aborted) return known;
    known = next;
    const all = [...next.values()];
    for (const logins of loginStatuses)
      count.set({ logins }, all.filter((one) => one.logins === logins).length);
    return next;
  };

  const work = createRepeatingWork({
    log,
    when: 'always',
    intervalMs,
    async round(signal) {
      await examine(false, signal);
      return false;
    },
    failing: 'what logins need at the Configuration Servers could not be examined',
    recovered: 'what logins need at the Configuration Servers is examined again',
  });
  return { start: work.start, stop: work.stop, probe: loginsProbe(examine) };
}

/** Where nobody registers and no tenants are: whether there is somebody who could sign in. */
async function peopleStatusOf(
  backend: ExaminedBackend,
  directory: Directory,
  signal: AbortSignal,
): Promise<Omit<LoginStatus, 'version' | 'examinedAtMs'>> {
  const question = { signal, deadlineMs: questionMs, maxObjects: 1 };
  // A directory is asked for one person: whether that one is enabled says nothing about the others.
  const filter = isOwnDirectory(directory) ? { state: CfgObjectState.enabled } : {};
  const found = await backend.readPersonDbids(filter, question).catch(() => undefined);
  if (found === undefined) return { logins: 'unknown' };
  if (found.length > 0) return { logins: 'possible' };
  return definedOnly({ logins: 'no_people' as const, message: peopleSources[directory].nobody });
}

const maxNamed = 10;

function loginsProbe(
  examine: (isFresh: boolean, signal: AbortSignal) => Promise<ReadonlyMap<string, LoginStatus>>,
): Probe {
  return {
    name: 'logins',
    async run(signal) {
      const found = [...(await examine(true, signal))];
      if (found.length === 0)
        return { status: 'skipped', message: 'Nobody has signed in through this replica.' };
      const hopeless = found.flatMap(([id, { message }]) =>
        message === undefined ? [] : [`environment ${id}: ${message}`],
      );
      if (hopeless.length > 0) {
        const rest = hopeless.length - maxNamed;
        const named = [...hopeless.slice(0, maxNamed), ...(rest > 0 ? [`and ${rest} more`] : [])];
        return { status: 'failed', message: `${named.join('; ')}.` };
      }
      const possible = found.filter(([, { logins }]) => logins === 'possible').length;
      const message = `What a login needs is there in ${possible} of the ${found.length} environments in use.`;
      return possible === found.length
        ? { status: 'ok', message }
        : { status: 'warning', message: `${message} The others do not answer.` };
    },
  };
}
