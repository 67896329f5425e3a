/** Checks Configuration Server entries of an environment: fields of one entry, and rules of the list. */

import { isIP } from 'node:net';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { wrapped } from '@gatehouse/contracts/envelope';
import type { ConfigServerView } from '@gatehouse/contracts/environment-api/environment';
import { rootLocation } from '@gatehouse/contracts/environment-api/location';
import { freeText, label } from '@gatehouse/contracts/text';
import { randomUuid } from '@gatehouse/service-kit/crypto/secrets';
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import { flag, integer } from '@gatehouse/service-kit/http/scalar';
import { z } from 'zod';
import { idSchema, locationsField } from '../fields/scalars.ts';

const hostName = /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/;

/** An IPv6 address may come in brackets; it is stored without them. */
export const address = () =>
  label()
    .transform((text) => (/^\[.*\]$/.test(text) ? text.slice(1, -1) : text))
    .refine(
      (text) => isIP(text) !== 0 || hostName.test(text),
      'must be a host name or an IP address, without scheme and port',
    );
const port = () => integer(1, 65_535);

export const configServerFields = {
  id: idSchema.optional().describe('Of an entry that exists; a new entry gets one.'),
  primaryAddress: address(),
  primaryPort: port(),
  backupAddress: address().nullable().optional().describe('`null` takes the backup away.'),
  backupPort: port().nullable().optional(),
  readOnly: flag().default(false).describe('Takes no password changes.'),
  locations: locationsField.default([rootLocation]),
};

export const passwordField = freeText(1024).min(1, 'must not be empty');

const password = passwordField
  .optional()
  .describe("Password of the environment's service account. Write-only; needed with an address that is new.");

export const configServerBody = wrapped(z.object({ ...configServerFields, password }));

export const changeConfigServerBody = wrapped(
  z
    .object({
      primaryAddress: address(),
      primaryPort: port(),
      backupAddress: configServerFields.backupAddress,
      backupPort: configServerFields.backupPort,
      readOnly: flag(),
      locations: locationsField,
      password,
    })
    .partial(),
);

export function configServerList(fields: typeof configServerFields) {
  return z.array(z.object(fields), { error: needsPrimary }).max(64, 'has more than 64 entries');
}

export const needsPrimary = 'must be a list with at least one server that has primaryAddress and primaryPort';

export type ConfigServerInput = Omit<z.output<typeof configServerBody>['data'], 'password'>;
export type ConfigServerPatch = Omit<z.output<typeof changeConfigServerBody>['data'], 'password'>;

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
