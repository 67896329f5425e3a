/** Checks of environments: every server, for real, from this process, in bounded time, one check at a time. */
import { passwordPlace } from '@gatehouse/contracts/environment-api/environment';
import type { SecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import { AppError, conflict, tooManyRequests } from '@gatehouse/service-kit/errors/app-error';
import type { Pool } from '@gatehouse/service-kit/postgres/pool';
import { type Caller, requireWriter } from '../access/caller.ts';
import type { Environment } from '../environments/environment.ts';
import type { EnvironmentService } from '../environments/service.ts';
import { type CheckLimits, type CheckTarget, checkServer } from './check-server.ts';
import type { Check, ServerCheck } from './schemas.ts';
import { alone } from './store.ts';

export interface CheckService {
  /** @throws AppError 403, 404, 409 while another check of the environment runs, 429 while others run here */
  run(caller: Caller, environmentId: string): Promise<Check>;
}

/** Each holds a database connection. */
const maxChecks = 2;
const maxServersAtOnce = 16;

export function createCheckService(deps: {
  pool: Pool;
  environments: EnvironmentService;
  secretBox: SecretBox;
  limits: { stepTimeoutMs: number; totalTimeoutMs: number };
}): CheckService {
  const { pool, environments, secretBox, limits } = deps;
  let running = 0;

  async function checkAll(environment: Environment): Promise<ServerCheck[]> {
    const password = secretBox
      .open(environment.passwordEnvelope, passwordPlace(environment.id))
      .toString('utf8');
    const signal = AbortSignal.timeout(limits.totalTimeoutMs);
    const places = placesOf(environment);
    const checks: ServerCheck[] = [];
    const next = async (): Promise<void> => {
      for (let place = places.shift(); place !== undefined; place = places.shift()) {
        const { index, ...shown } = place;
        checks[index] = await checkPlace(shown, environment, password, {
          timeoutMs: limits.stepTimeoutMs,
          signal,
        });
      }
    };
    await Promise.all(Array.from({ length: maxServersAtOnce }, next));
    return checks;
  }

  return {
    async run(caller, environmentId) {
      const environment = await environments.read(caller, environmentId);
      requireWriter(caller);
      if (environment.configServers.length === 0) throw conflict(nothingToCheck);
      if (running >= maxChecks) throw tooManyRequests(5, { detail: 'other environments are being checked' });
      running += 1;
      try {
        const servers = await alone(pool, environment.id, () => checkAll(environment));
        if (!servers) throw checkRuns();
        return { environmentId: environment.id, ok: servers.every(({ ok }) => ok), servers };
      } finally {
        running -= 1;
      }
    },
  };
}

type Place = Omit<ServerCheck, 'ok' | 'steps'> & { index: number };

function placesOf({ configServers }: Environment): Place[] {
  return configServers
    .flatMap(({ id: serverId, primaryAddress, primaryPort, backupAddress, backupPort }) => [
      { serverId, role: 'primary' as const, address: primaryAddress, port: primaryPort },
      ...(backupAddress === undefined || backupPort === undefined
        ? []
        : [{ serverId, role: 'backup' as const, address: backupAddress, port: backupPort }]),
    ])
    .map((place, index) => ({ ...place, index }));
}

async function checkPlace(
  place: Omit<Place, 'index'>,
  environment: Environment,
  password: string,
  limits: CheckLimits,
): Promise<ServerCheck> {
  const target: CheckTarget = {
    address: place.address,
    port: place.port,
    userName: environment.username,
    applicationName: environment.appName,
    isTls: environment.tlsEnabled,
    password,
  };
  const steps = await checkServer(target, limits);
  return { ...place, ok: steps.every(({ status }) => status !== 'failed'), steps };
}

const nothingToCheck =
  'The environment has no Configuration Server of its own: those of a registry are not checked. Add one to its list to check it';

function checkRuns(): AppError {
  return new AppError('check_running', 409, 'Another check of this environment runs: wait for its end', {
    retryAfterSeconds: 5,
  });
}
