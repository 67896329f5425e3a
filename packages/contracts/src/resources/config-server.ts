/** Describes a Configuration Server of an environment: what administrators send, and what is told about each field. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { locationsField, rootLocation } from '../environment-api/location.ts';
import { field } from '../resource/field.ts';
import { changeShape } from '../resource/resource.ts';
import { flag, idSchema, integer } from '../values/scalar.ts';
import { freeText, label } from '../values/text.ts';

const hostName = /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/;

/** An IPv6 address may come in brackets; it is stored without them. */
export const hostAddress = () =>
  label()
    .transform((text) => (/^\[.*\]$/.test(text) ? text.slice(1, -1) : text))
    .refine(
      (text) => isIP(text) !== 0 || hostName.test(text),
      'must be a host name or an IP address, without scheme and port',
    );

export const port = () => integer(1, 65_535);

export const accountPassword = freeText(1024).min(1, 'must not be empty');

/** A password that a change may keep. */
export const storedSecret =
  'Stored encrypted, and shown nowhere. A change of where or how it is sent needs it again.';

export const configServer = {
  name: 'configServer',
  fields: {
    id: field(idSchema.optional(), {
      label: 'Identifier',
      help: 'Of an entry that exists; a new entry gets one.',
      group: 'server',
      isFixed: true,
    }),
    primaryAddress: field(hostAddress(), {
      label: 'Primary server',
      help: 'A host name or an IP address.',
      group: 'server',
    }),
    primaryPort: field(port(), {
      label: 'Port of the primary server',
      help: 'Where it listens.',
      group: 'server',
    }),
    backupAddress: field(hostAddress().nullish(), {
      label: 'Backup server',
      help: 'A host name or an IP address. Empty: there is no backup.',
      group: 'server',
      isClearable: true,
    }),
    backupPort: field(port().nullish(), {
      label: 'Port of the backup server',
      help: 'Where the backup listens.',
      group: 'server',
      isClearable: true,
    }),
    readOnly: field(flag().default(false), {
      label: 'Takes no password changes',
      help: 'For a proxy that only reads.',
      group: 'server',
    }),
    locations: field(locationsField.default([rootLocation]), {
      label: 'Locations',
      help: 'Where it serves. A slash alone is everywhere.',
      reference: 'location',
      group: 'server',
    }),
  },
};

/** Of a server that is added or changed by itself; in a list the password of the environment goes with all of them. */
export const singleConfigServer = {
  name: configServer.name,
  fields: {
    ...configServer.fields,
    password: field(accountPassword.optional(), {
      label: 'Password of the service account',
      help: 'Needed with an address that is new, because the stored password would be sent there.',
      group: 'account',
      isSecret: true,
    }),
  },
};

export const configServerListed = z.object(configServer.fields);
export const newConfigServerSchema = z.object(singleConfigServer.fields);
export const configServerChangeSchema = z.object(changeShape(singleConfigServer));

/** As they are sent. */
export type NewConfigServer = z.input<typeof newConfigServerSchema>;
export type ConfigServerChange = z.input<typeof configServerChangeSchema>;
