/** Bodies of Configuration Server entries: a primary address, perhaps a backup, and the locations they serve. */

import { isIP } from 'node:net';
import { rootLocation } from '@gatehouse/contracts/environment-api/location';
import { flag, integer } from '@gatehouse/service-kit/http/scalar';
import { z } from 'zod';
import { idSchema } from '../fields/id.ts';
import { label } from '../fields/text.ts';
import { wrapped } from '../fields/wrapped.ts';
import { locationsField } from '../locations/location.ts';

const hostName = /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/;

/** An IPv6 address may come in brackets; it is kept without. */
const address = () =>
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

export const configServerBody = wrapped(z.object(configServerFields));

export const changeConfigServerBody = wrapped(
  z
    .object({
      primaryAddress: address(),
      primaryPort: port(),
      backupAddress: configServerFields.backupAddress,
      backupPort: configServerFields.backupPort,
      readOnly: flag(),
      locations: locationsField,
    })
    .partial(),
);

export function configServerList(fields: typeof configServerFields) {
  return z.array(z.object(fields), { error: needsPrimary }).max(64, 'has more than 64 entries');
}

export const needsPrimary = 'must be a list with at least one server that has primaryAddress and primaryPort';

export type ConfigServerInput = z.output<typeof configServerBody>['data'];
export type ConfigServerPatch = z.output<typeof changeConfigServerBody>['data'];
