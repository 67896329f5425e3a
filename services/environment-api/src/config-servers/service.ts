/** Changes single Configuration Servers of an environment, under the environment's lock and version. */
import type { ConfigServerView } from '@gatehouse/contracts/environment-api';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { conflict, notFound } from '@gatehouse/service-kit/errors';
import type { WriteContext } from '../changes/writer.ts';
import {
  type ConfigServerInput,
  type ConfigServerPatch,
  mergeConfigServer,
  readConfigServer,
} from '../environments/config-server.ts';
import { namesRegistry } from '../environments/discovery.ts';
import type { Environment } from '../environments/environment.ts';
import type { EnvironmentService } from '../environments/service.ts';

export type ConfigServerService = ReturnType<typeof createConfigServerService>;

interface Changed {
  environment: Environment;
  server: ConfigServerView;
}

/** Of the service account; needed with an address that the environment does not have yet. */
interface Password {
  password?: string | undefined;
}

const maxServers = 64;

export function createConfigServerService(environments: EnvironmentService) {
  async function changeList(
    context: WriteContext,
    environmentId: string,
    password: string | undefined,
    change: (servers: readonly ConfigServerView[], isDiscovered: boolean) => ConfigServerView[],
  ): Promise<Environment> {
    return environments.changeFields(
      context,
      environmentId,
      (present) => {
        requireConfigServers(present);
        return { ...present, configServers: change(present.configServers, namesRegistry(present)) };
      },
      { password },
    );
  }

  return {
    list: environments.read,
    /** Appends it to the list. @throws AppError 409 when the id is taken */
    async add(
      context: WriteContext,
      environmentId: string,
      { password, ...input }: ConfigServerInput & Password,
    ): Promise<Changed> {
      const server = readConfigServer(input, input.id ?? randomUuid(), 'data');
      const environment = await changeList(context, environmentId, password, (servers) => {
        if (servers.some(({ id }) => id === server.id)) {
          throw conflict(`The environment has a server with the id ${server.id}: change it with PUT`, {
            field: 'data.id',
            reason: 'taken',
          });
        }
        if (servers.length >= maxServers)
          throw conflict(`The environment has ${maxServers} servers, which is the most`, {
            reason: 'limit_reached',
            limit: maxServers,
          });
        return [...servers, server];
      });
      // Taken from the stored list: a repeated request gets the id that the first one stored.
      return { environment, server: environment.configServers.at(-1) ?? server };
    },
    async change(
      context: WriteContext,
      environmentId: string,
      id: string,
      { password, ...patch }: ConfigServerPatch & Password,
    ): Promise<Changed> {
      let server: ConfigServerView | undefined;
      const environment = await changeList(context, environmentId, password, (servers) =>
        servers.map((present) => {
          if (present.id !== find(servers, id).id) return present;
          server = mergeConfigServer(present, patch);
          return server;
        }),
      );
      return { environment, server: server ?? find(environment.configServers, id) };
    },
    /** @throws AppError 409 for the last server of an environment without a registry */
    remove: (context: WriteContext, environmentId: string, id: string) =>
      changeList(context, environmentId, undefined, (servers, isDiscovered) => {
        const removed = find(servers, id);
        if (servers.length === 1 && !isDiscovered) {
          throw conflict(
            'This is the last Configuration Server of the environment: add its successor first',
            {
              reason: 'last_one',
            },
          );
        }
        return servers.filter((server) => server.id !== removed.id);
      }),
  };
}

/** @throws AppError 409 where people are elsewhere */
function requireConfigServers({ directory }: Environment): void {
  if (directory === 'configServer') return;
  throw conflict(
    `The environment has no Configuration Servers: its directory is ${JSON.stringify(directory)}. Change it with PATCH /environments/{id}`,
    { field: 'id' },
  );
}

function find(servers: readonly ConfigServerView[], id: string): ConfigServerView {
  const server = servers.find((candidate) => candidate.id === id.toLowerCase());
  if (!server) throw notFound(`The environment has no Configuration Server ${JSON.stringify(id)}`);
  return server;
}
