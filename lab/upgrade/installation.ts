/** Starts stores, a Configuration Server and the public host, and two replicas of each service, of either release. */
import { prepareDatabases } from '../../tools/stack/backing/databases.ts';
import { postgresProgram, postgresUrl } from '../../tools/stack/backing/postgres.ts';
import { redisProgram, redisUrl } from '../../tools/stack/backing/redis.ts';
import { migrateDatabases, type ServicePlan } from '../../tools/stack/services.ts';
import { freePorts, openGateway, openSite } from '../harness/site.ts';
import { startBalancers } from './balancer.ts';
import { startDirectory } from './directory.ts';
import { createReplica } from './replica.ts';

export type Installation = Awaited<ReturnType<typeof startInstallation>>;

/** @param previousTree folder of the release before; both replicas run it at first */
export async function startInstallation(
  closers: AsyncDisposableStack,
  previousTree: string,
  { keepsLogs }: { keepsLogs: boolean },
) {
  const site = openSite('upgrade', closers, { keepsLogs });
  const { paths, secrets } = site;
  const { ports, others } = await freePorts('ports', 'others');
  await site.startAll([
    redisProgram(ports.redis, secrets, paths),
    postgresProgram(ports.postgres, secrets, paths),
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
  const gateway = await openGateway(ports.gateway, publicUrl, balancers.addresses);
  closers.defer(() => gateway.close());
  const first = createReplica(site, balancers, plan, 1);
  const second = createReplica(site, balancers, { ...plan, ports: others }, 2);
  // One after the other: both would make the first signing key.
  for (const replica of [first, second]) await replica.start(previousTree);
  return {
    ...{ publicUrl, directory, first, second },
    /** Auth API without the public host before it: an address of a caller is believed there. */
    authApiUrl: balancers.addresses['auth-api'].url,
    /** Brings both schemas to this tree, as the charts do before the first pod is replaced. */
    migrate: () => migrateDatabases(plan),
  };
}
