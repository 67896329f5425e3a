/** Checks Configuration Server entries of an environment: fields of one entry, and rules of the list. */

import { wrapped } from '@gatehouse/contracts/answers';
import type { ConfigServerView } from '@gatehouse/contracts/environment-api';
import {
  configServerChangeSchema,
  type configServerListed,
  newConfigServerSchema,
} from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { badRequest } from '@gatehouse/service-kit/errors';
import type { z } from 'zod';

export const configServerBody = wrapped(newConfigServerSchema);
export const changeConfigServerBody = wrapped(configServerChangeSchema);

export type ConfigServerInput = z.output<typeof configServerListed>;
export type ConfigServerPatch = Omit<z.output<typeof configServerChangeSchema>, 'password'>;

/**
 * Turns a given list into the stored form. An entry keeps its id when it names it or has the same primary address.
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
      reason: 'missing',
    });
  }
  return definedOnly({
    id,
    primaryAddress: input.primaryAddress,
    primaryPort: input.primaryPort,
    backupAddress: backupAddress ?? undefined,
    backupPort: backupPort ?? undefined,
    readOnly: input.readOnly,
    locations: [...input.locations].sort(),
  });
}

/** Given fields replace stored ones. */
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
function requireDistinct(servers: readonly ConfigServerView[], field: string): void {
  const ids = servers.map(({ id }) => id);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined)
    throw badRequest(`The server id ${repeated} is there twice`, { field, reason: 'repeated' });
}

function isSamePlace(server: ConfigServerView, input: ConfigServerInput): boolean {
  return (
    server.primaryPort === input.primaryPort &&
    server.primaryAddress.toLowerCase() === input.primaryAddress.toLowerCase()
  );
}
