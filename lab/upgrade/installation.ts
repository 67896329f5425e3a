/** Starts stores, a Configuration Server and the public host, and two replicas of each service, of either release. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDatabases } from '../../tools/stack/backing/databases.ts';
import { postgresProgram, postgresUrl } from '../../tools/stack/backing/postgres.ts';
import { redisProgram, redisUrl } from '../../tools/stack/backing/redis.ts';
import { startGateway } from '../../tools/stack/gateway.ts';
import { choosePorts, listenerNames } from '../../tools/stack/ports.ts';
import { createProcessRegister } from '../../tools/stack/processes/register.ts';
import type { SupervisedProgram } from '../../tools/stack/processes/supervised.ts';
import { migrateDatabases, type ServicePlan } from '../../tools/stack/services.ts';
import { createFolders, statePaths } from '../../tools/stack/state/paths.ts';
import { loadSecrets } from '../../tools/stack/state/secrets.ts';
import { createComponent } from '../harness/component.ts';
import { startBalancers } from './balancer.ts';
import { startDirectory } from './directory.ts';
import { createReplica } from './replica.ts';

export type Installation = Awaited<ReturnType<typeof startInstallation>>;

/** @param previousTree folder of the release before; both replicas run it at first */
export async function startInstallation(previousTree: string, { keepsLogs }: { keepsLogs: boolean }) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-upgrade-'));
  chmodSync(folder, 0o755);
  const paths = statePaths(folder);
  createFolders(paths);
  const closers = new AsyncDisposableStack();
  closers.defer(() => {
    if (keepsLogs) console.log(`The logs are in ${paths.logs}.`);
    else rmSync(folder, { recursive: true, force: true });
  });
  const register = createProcessRegister(paths.processes);
  closers.defer(() => register.close());
  const secrets = loadSecrets(paths);
  const choices = [await choosePorts(0), await choosePorts(0)] as const;
  for (const { release } of choices) await release(...listenerNames);
  const [{ ports }, { ports: others }] = choices;

  const start = async (program: SupervisedProgram) => {
    const component = createComponent(program, register, paths.logs);
    closers.defer(() => component.kill());
    await component.start();
  };
  try {
    await Promise.all([
      start(redisProgram(ports.redis, secrets, paths)),
      start(postgresProgram(ports.postgres, secrets, paths)),
    ]);
    const directory = await startDirectory();
    closers.defer(() => directory.close());
    const databases = await prepareDatabases(postgresUrl(ports.postgres, secrets), secrets, paths);
    const balancers = await startBalancers();
    closers.defer(() => balancers.close());
    const publicUrl = `http://127.0.0.1:${ports.gateway}`;
    const plan: ServicePlan = {
      ...{ publicUrl, playgroundUrl: 'http://localhost', compat: true, ports, databases, secrets },
      redisUrl: redisUrl(ports.redis, secrets),
      neighbours: balancers.addresses,
      // Nobody is sent away because this machine is busy.
      more: { GATEHOUSE_SIGN_IN_BUSY_DELAY_MS: '0' },
    };
    await migrateDatabases({ ...plan, tree: previousTree });
    const gateway = await startGateway({
      ...{ port: ports.gateway, publicUrl },
      authApi: balancers.addresses['auth-api'].url,
      authUi: balancers.addresses['auth-ui'].url,
      environmentApi: balancers.addresses['environment-api'].url,
    });
    closers.defer(() => gateway.close());
    const replicas = [ports, others].map((own, index) => {
      const options = { plan: { ...plan, ports: own }, number: index + 1, register, logFolder: paths.logs };
      return createReplica(options, balancers);
    });
    for (const replica of replicas) closers.defer(replica.kill);
    const [first, second] = replicas;
    if (first === undefined || second === undefined) throw new Error('there are two sets of ports');
    // One after the other: both would make the first signing key.
    for (const replica of replicas) await replica.start(previousTree);
    return {
      ...{ publicUrl, directory, first, second },
      /** Auth API without the public host before it: an address of a caller is believed there. */
      authApiUrl: balancers.addresses['auth-api'].url,
      /** Brings both schemas to this tree, as the charts do before the first pod is replaced. */
      migrate: () => migrateDatabases(plan),
      close: () => closers.disposeAsync(),
    };
  } catch (error) {
    await closers.disposeAsync();
    throw error;
  }
}
