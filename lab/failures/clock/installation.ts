/** Starts an installation with a second replica of both APIs, whose clock can be set, as can that of PostgreSQL. */
import pg from 'pg';
import type { Ports } from '../../../tools/stack/ports.ts';
import { createInstaller } from '../../../tools/stack/provisioning/installer-http.ts';
import { answers, serviceAddresses, servicePrograms } from '../../../tools/stack/services.ts';
import { createHttp } from '../../harness/http.ts';
import { startChaosStack } from '../../harness/installation.ts';
import { freePorts, openSite } from '../../harness/site.ts';
import { createCallers } from '../regions/callers.ts';
import { clients } from '../regions/installation.ts';
import { createFakeClock } from './faketime.ts';
import { createSecondStep } from './second-step.ts';

export type Installation = Awaited<ReturnType<typeof startInstallation>>;

/** Replicas of both APIs, by the addresses of their management ports. */
type Replicas = { callers: ReturnType<typeof createCallers>; managementUrls: string[] };

/** `closers` end it. */
export async function startInstallation(closers: AsyncDisposableStack) {
  const { folder } = openSite('clock', closers);
  const clocks = {
    replica: createFakeClock(folder, 'replica'),
    postgres: createFakeClock(folder, 'postgres'),
  };
  const stack = await startChaosStack(closers);
  const installer = createInstaller(stack.publicUrl, stack.operator);
  for (const client of Object.values(clients)) await installer.create('/auth/v3/ops/clients', client);
  const { ports } = await freePorts('ports');
  const plan = {
    ...stack.plan,
    ports: { ...stack.plan.ports, ...servicePorts(ports) },
    more: clocks.replica.env,
  };
  const wrong = servicePrograms(plan)
    .filter(({ name }) => name !== 'auth-ui')
    .map((program) => stack.addComponent({ ...program, name: `${program.name}-2` }));
  const postgres = stack.components.get('postgres');
  if (postgres === undefined) throw new Error('there is no PostgreSQL');
  const secondStep = await createSecondStep({
    publicUrl: stack.publicUrl,
    serviceSecret: stack.plan.secrets.serviceClientSecret,
  });
  const sql = new pg.Pool({ connectionString: stack.postgresUrl, max: 1 });
  sql.on('error', () => undefined);
  closers.defer(() => sql.end());
  const replicas = (addresses: ReturnType<typeof serviceAddresses>): Replicas => ({
    callers: createCallers({ http: createHttp(addresses['auth-api'].url) }, stack.publicUrl),
    managementUrls: [addresses['auth-api'].managementUrl, addresses['environment-api'].managementUrl],
  });
  return {
    clocks,
    good: replicas(stack.addresses),
    second: replicas(serviceAddresses(plan.ports)),
    secondStep: secondStep(serviceAddresses(plan.ports)['auth-api']),
    startSecond: () => Promise.all(wrong.map((component) => component.start())),
    /** From now on PostgreSQL goes by a clock that can be set. */
    async fakePostgres(): Promise<void> {
      await postgres.stop();
      Object.assign(process.env, clocks.postgres.env);
      await postgres.start();
      for (const name of Object.keys(clocks.postgres.env)) delete process.env[name];
    },
    /** Rows that only their age may end. */
    async rows(): Promise<Record<string, number>> {
      const { rows } = await sql.query(
        `SELECT (SELECT count(*)::int FROM auth.audit_events) AS audit, (SELECT count(*)::int FROM auth.revocations) AS revocations,
            (SELECT count(*)::int FROM auth.changes) AS changes, (SELECT count(*)::int FROM environment.audit) AS configuration,
            (SELECT count(*)::int FROM auth.signing_keys) AS keys`,
      );
      return rows[0];
    },
  };
}

function servicePorts({ authApi, authApiManagement, authApiInternal, ...others }: Ports) {
  const { environmentApi, environmentApiManagement, environmentApiInternal } = others;
  return {
    ...{ authApi, authApiManagement, authApiInternal },
    ...{ environmentApi, environmentApiManagement, environmentApiInternal },
  };
}

/** Whether both APIs say that they are ready. */
export async function areReady({ managementUrls }: Replicas): Promise<boolean[]> {
  return Promise.all(managementUrls.map((url) => answers(`${url}/readyz`)));
}
