/** Reports to operators which links to Configuration Servers are down, and in which environments no login can succeed. */
import { type Directory, isOwnDirectory, peopleSources } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { CfgObjectState, examineLogin } from '@gatehouse/people-directory';
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import type { Clock } from '@gatehouse/service-kit/clock';
import { type Probe, saidAs } from '@gatehouse/service-kit/health';
import type { Logger, Metrics } from '@gatehouse/service-kit/observability';
import { type Said, say, sayFound, wordsOf } from '@gatehouse/service-kit/sentences';
import type { EnvironmentLinks } from './environment-links.ts';
import type { ExaminedBackend } from './links-in-use.ts';

type LinkState = ReturnType<EnvironmentLinks['states']>[number];

/** Says of a link that is down which environment has it, and why. */
export function sayDown({ environmentId, environmentName: environment = environmentId, reason }: LinkState) {
  return reason === undefined
    ? say('problem.links.silent', { environment })
    : say('problem.links.away', { environment, reason: reason.replace(/\.?$/, '.') });
}

/** @throws Error that names each environment whose link is down, and why. */
export function assertLinksOpen(links: readonly LinkState[]): void {
  const down = links.filter(({ state }) => state === 'down');
  if (down.length > 0) throw new Error(wordsOf(...down.map(sayDown)).message);
}

/** Checks the links that this replica holds. */
export function linksProbe(users: { links(): readonly LinkState[] }): Probe {
  return {
    name: 'Configuration Servers',
    async run() {
      const links = users.links();
      if (links.length === 0) return saidAs('skipped', [say('probe.links.unused')]);
      const down = links.filter(({ state }) => state === 'down');
      return down.length > 0
        ? saidAs('failed', down.map(sayDown))
        : saidAs('ok', [say('probe.links.fine', { count: links.length })]);
    },
  };
}

/** Whether the people of an environment can sign in; `unknown` while its link is down or nothing answers. */
const loginStatuses = ['possible', 'no_tenant', 'no_people', 'unknown'] as const;

interface LoginStatus {
  logins: (typeof loginStatuses)[number];
  /** Why nobody can sign in. */
  said?: Said;
  /** Its name, where it has one. */
  environment: string;
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
  ): Promise<Pick<LoginStatus, 'logins' | 'said'>> => {
    if (backend.state !== 'open') return { logins: 'unknown' };
    if (!peopleSources[environment.directory].hasTenants)
      return peopleStatusOf(backend, environment.directory, signal);
    const steps = await examineLogin(backend, environment, { signal, deadlineMs: questionMs });
    const failed = steps.find(({ status }) => status === 'failed');
    if (failed === undefined) return { logins: 'possible' };
    if (failed.isUnanswered || failed.step === 'application') return { logins: 'unknown' };
    return { logins: failed.step === 'tenant' ? 'no_tenant' : 'no_people', said: sayFound(failed.sentence) };
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
        const { id, version, name } = use.environment;
        const before = known.get(id);
        const isRecent = before?.version === version && now() - before.examinedAtMs < possibleForMs;
        if (!isFresh && isRecent && before.logins === 'possible') next.set(id, before);
        else {
          const status = await loginStatusOf(use, signal);
          next.set(id, { ...status, environment: name || id, version, examinedAtMs: now() });
        }
        const { message } = next.get(id)?.said ?? {};
        if (message !== undefined && before?.said?.message !== message)
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
): Promise<Pick<LoginStatus, 'logins' | 'said'>> {
  const question = { signal, deadlineMs: questionMs, maxObjects: 1 };
  // A directory is asked for one person: whether that one is enabled says nothing about the others.
  const filter = isOwnDirectory(directory) ? { state: CfgObjectState.enabled } : {};
  const found = await backend.readPersonDbids(filter, question).catch(() => undefined);
  if (found === undefined) return { logins: 'unknown' };
  if (found.length > 0) return { logins: 'possible' };
  const { nobody } = peopleSources[directory];
  return definedOnly({ logins: 'no_people' as const, said: nobody && say(nobody) });
}

const maxNamed = 10;

function loginsProbe(
  examine: (isFresh: boolean, signal: AbortSignal) => Promise<ReadonlyMap<string, LoginStatus>>,
): Probe {
  return {
    name: 'logins',
    async run(signal) {
      const found = [...(await examine(true, signal)).values()];
      if (found.length === 0) return saidAs('skipped', [say('probe.links.unused')]);
      const hopeless = found.flatMap(({ environment, said }) =>
        said === undefined ? [] : [[say('probe.logins.none', { environment }), said]],
      );
      const rest = hopeless.length - maxNamed;
      if (hopeless.length > 0)
        return saidAs('failed', [
          ...hopeless.slice(0, maxNamed).flat(),
          ...(rest > 0 ? [say('probe.logins.more', { count: rest })] : []),
        ]);
      const possible = found.filter(({ logins }) => logins === 'possible').length;
      const said = say('probe.logins.possible', { possible, all: found.length });
      return possible === found.length
        ? saidAs('ok', [said])
        : saidAs('warning', [said, say('probe.logins.silent')]);
    },
  };
}
