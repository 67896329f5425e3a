/** Checks environments: connects to every server from this process, in bounded time, one check per environment. */
import { type Endpoint, endpointName } from '@gatehouse/config-server-client/discovery';
import type { Check, ServerCheck } from '@gatehouse/contracts/environment-administration';
import { type EnvironmentView, isOwnDirectory } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { AppError, tooManyRequests } from '@gatehouse/service-kit/errors';
import { type Pool, withAdvisoryLock } from '@gatehouse/service-kit/postgres';
import type { CheckLimits } from '../server-checks/check-server.ts';
import { type ExamineServer, examinerOf } from '../server-checks/examine-server.ts';
import { examinePeopleStore } from './people-store.ts';
import { askRegistry, type Registries } from './registry.ts';

export type CheckService = ReturnType<typeof createCheckService>;

/** Each check holds a database connection. */
const maxChecks = 2;
const maxServersAtOnce = 16;

export function createCheckService({
  pool,
  secretBox,
  registries,
  limits,
}: {
  pool: Pool;
  secretBox: SecretBox;
  registries: Registries;
  limits: { stepTimeoutMs: number; totalTimeoutMs: number };
}) {
  let running = 0;
  const ownLimits = (): CheckLimits => ({
    timeoutMs: limits.stepTimeoutMs,
    signal: AbortSignal.timeout(limits.totalTimeoutMs),
  });

  async function checkAll(environment: EnvironmentView): Promise<Check> {
    return isOwnDirectory(environment.directory) ? checkPeople(environment) : checkServers(environment);
  }

  async function checkPeople({ id, name }: EnvironmentView): Promise<Check> {
    const people = await examinePeopleStore(pool, id);
    return {
      environmentId: id,
      ...definedOnly({ environmentName: name || undefined }),
      ok: people.every(({ status }) => status !== 'failed'),
      servers: [],
      people,
    };
  }

  async function checkServers(environment: EnvironmentView, step = ownLimits()): Promise<Check> {
    const examine = examinerOf(environment, secretBox);
    const found = await askRegistry(environment, registries, step);
    const waiting = [...placesOf(environment, found?.endpoints ?? []).entries()];
    const servers: ServerCheck[] = [];
    const next = async (): Promise<void> => {
      for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
        const [index, place] = entry;
        servers[index] = await checkPlace(place, examine, step);
      }
    };
    await Promise.all(Array.from({ length: maxServersAtOnce }, next));
    const ok = found?.step.status !== 'failed' && servers.every((server) => server.ok);
    // One that is only planned may have no name yet.
    const named = definedOnly({ environmentName: environment.name || undefined, discovery: found?.step });
    return { environmentId: environment.id, ok, ...named, servers };
  }

  return {
    checkServers,
    /** Of an environment that is stored, or of one that is only planned. @throws AppError 409 while another check of it runs or its secrets do not open, 429 while others run here */
    async run(environment: EnvironmentView): Promise<Check> {
      if (running >= maxChecks) throw tooManyRequests(5, { detail: 'other environments are being checked' });
      running += 1;
      try {
        const check = await withAdvisoryLock(pool, `check-${environment.id}`, () => checkAll(environment));
        if (!check) throw checkRuns();
        return check;
      } finally {
        running -= 1;
      }
    },
  };
}

type Place = Omit<ServerCheck, 'ok' | 'steps' | 'login'>;

/** The servers of the list, which serve until the registry answers, then those of the registry; each address once. */
function placesOf(environment: EnvironmentView, registered: readonly Endpoint[]): Place[] {
  const listed = [...configServersOf(environment), ...ldapServersOf(environment)];
  const names = new Set(listed.map(({ address, port }) => endpointName({ host: address, port })));
  const added = registered.filter((endpoint) => !names.has(endpointName(endpoint)));
  return [
    ...listed,
    ...added.map((endpoint) => ({
      serverId: endpoint.id ?? endpointName(endpoint),
      source: 'registry' as const,
      role: endpoint.role ?? 'primary',
      address: endpoint.host,
      port: endpoint.port,
    })),
  ];
}

function configServersOf({ configServers }: EnvironmentView): Place[] {
  return configServers.flatMap(
    ({ id: serverId, primaryAddress, primaryPort, backupAddress, backupPort }): Place[] => {
      const entry = { serverId, source: 'list' as const };
      const primary: Place = { ...entry, role: 'primary', address: primaryAddress, port: primaryPort };
      if (backupAddress === undefined || backupPort === undefined) return [primary];
      return [primary, { ...entry, role: 'backup', address: backupAddress, port: backupPort }];
    },
  );
}

function ldapServersOf({ ldap }: EnvironmentView): Place[] {
  const servers = ldap?.servers ?? [];
  return servers.map(({ address, port }) => ({
    serverId: endpointName({ host: address, port }),
    source: 'list',
    role: 'primary',
    address,
    port,
  }));
}

async function checkPlace(place: Place, examine: ExamineServer, limits: CheckLimits): Promise<ServerCheck> {
  const { steps, login } = await examine(place, limits);
  const ok = [...steps, ...(login ?? [])].every(({ status }) => status !== 'failed');
  return { ...place, ok, steps, ...definedOnly({ login }) };
}

function checkRuns(): AppError {
  return new AppError('check_running', 409, 'Another check of this environment runs: wait for its end', {
    retryAfterSeconds: 5,
  });
}
