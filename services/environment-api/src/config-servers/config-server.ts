/** One Configuration Server of an environment, and the rules of the list it stands in. */
import type { ConfigServerView } from '@gatehouse/contracts/environment-api/environment';
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import { randomUuid } from '@gatehouse/service-kit/random';
import type { ConfigServerInput, ConfigServerPatch } from './schemas.ts';

/**
 * A given list as it is stored. An entry keeps its id when it is sent with it or stands at the same primary address.
 * @throws AppError 400
 */
export function readList(inputs: readonly ConfigServerInput[], present: readonly ConfigServerView[]) {
  const free = new Map(present.map((server) => [server.id, server]));
  for (const { id } of inputs) if (id !== undefined) free.delete(id);
  const servers = inputs.map((input, index) => {
    const known = input.id ?? [...free.values()].find((server) => isSamePlace(server, input))?.id;
    if (known !== undefined) free.delete(known);
    return readConfigServer(input, known ?? randomUuid(), `data.configServers.${index}`);
  });
  requireDistinct(servers, 'data.configServers');
  return servers;
}

/** @throws AppError 400 for half a backup address */
export function readConfigServer(input: ConfigServerInput, id: string, field: string): ConfigServerView {
  const { backupAddress, backupPort } = input;
  const hasAddress = backupAddress !== undefined && backupAddress !== null;
  const hasPort = backupPort !== undefined && backupPort !== null;
  if (hasAddress !== hasPort) {
    const missing = hasAddress ? 'backupPort' : 'backupAddress';
    throw badRequest(`${missing} is missing: a backup server has both backupAddress and backupPort`, {
      field: `${field}.${missing}`,
    });
  }
  return {
    id,
    primaryAddress: input.primaryAddress,
    primaryPort: input.primaryPort,
    ...(hasAddress && hasPort ? { backupAddress, backupPort } : {}),
    readOnly: input.readOnly,
    locations: [...input.locations].sort(),
  };
}

/** The fields that are given replace those that are there. */
export function mergeConfigServer(server: ConfigServerView, patch: ConfigServerPatch): ConfigServerView {
  return readConfigServer(
    {
      primaryAddress: patch.primaryAddress ?? server.primaryAddress,
      primaryPort: patch.primaryPort ?? server.primaryPort,
      backupAddress: patch.backupAddress === undefined ? server.backupAddress : patch.backupAddress,
      backupPort: patch.backupPort === undefined ? server.backupPort : patch.backupPort,
      readOnly: patch.readOnly ?? server.readOnly,
      locations: patch.locations ?? server.locations,
    },
    server.id,
    'data',
  );
}

/** @throws AppError 400 when two entries have one id */
export function requireDistinct(servers: readonly ConfigServerView[], field: string): void {
  const ids = servers.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw badRequest(`The server id ${twice} is there twice`, { field });
}

function isSamePlace(server: ConfigServerView, input: ConfigServerInput): boolean {
  return (
    server.primaryPort === input.primaryPort &&
    server.primaryAddress.toLowerCase() === input.primaryAddress.toLowerCase()
  );
}
