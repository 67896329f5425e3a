/** Checks bodies and queries of `/environments`. The Configuration Server password is write-only. */

import { nextCursorSchema, wrapped } from '@gatehouse/contracts/envelope';
import {
  classicTraceModes,
  environmentSchema,
} from '@gatehouse/contracts/environment-api/administration/environments';
import type { TraceMode } from '@gatehouse/contracts/environment-api/environment';
import { label } from '@gatehouse/contracts/text';
import { pageQuery } from '@gatehouse/service-kit/http/page';
import { flag, integer } from '@gatehouse/service-kit/http/scalar';
import { z } from 'zod';
import { idSchema } from '../fields/scalars.ts';
import { configServerFields, configServerList, passwordField } from './config-server.ts';
import { checkNew, defaultTenant, directoryField } from './directory.ts';
import { discoveryFields } from './discovery.ts';
import { ldapField } from './ldap.ts';
import { tlsField } from './tls.ts';

const modes = Object.keys(classicTraceModes) as TraceMode[];
const byAnyName = new Map<string, TraceMode>([
  ...modes.flatMap((mode): [string, TraceMode][] => [
    [mode, mode],
    [classicTraceModes[mode].toLowerCase(), mode],
  ]),
  ['cfgtmnotracemode', 'off'],
]);

const accepted = [...Object.values(classicTraceModes), ...modes];

/** Installers send the classic names; neutral names are stored. Either, in any case; the neutral one afterwards. */
const traceModeField = z
  .string({ error: `must be one of ${accepted.join(', ')}` })
  .transform((text, context): TraceMode => {
    const mode = byAnyName.get(text.toLowerCase());
    if (mode) return mode;
    context.addIssue({ code: 'custom', message: `must be one of ${accepted.join(', ')}` });
    return z.NEVER;
  })
  .describe(`One of ${accepted.join(', ')}.`);

const keepAliveSeconds = () => integer(0, 3600).describe('Seconds without a sign of life; 0 = off.');

const fields = {
  username: label().describe('Service account at the Configuration Server. Needed with one.'),
  password: passwordField.describe(
    'Its password. Write-only; needed with a Configuration Server. A change of a server address, of a registry or to less TLS must bring it along.',
  ),
  connectionProtocol: z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(['addp'], { error: 'must be "addp"' })),
  localTimeout: keepAliveSeconds(),
  remoteTimeout: keepAliveSeconds(),
  traceMode: traceModeField,
  tenant: label().describe(`Name of the tenant on the Configuration Server; ${defaultTenant} without it.`),
  appName: label().describe('Name of the application object on the Configuration Server.'),
  tlsEnabled: flag().describe('`false` permits plaintext to this Configuration Server or LDAP directory.'),
  tls: tlsField,
  ...discoveryFields,
};

export const newEnvironmentFields = z.object({
  id: idSchema.optional().describe('Chosen by the caller, or left to us.'),
  ...fields,
  directory: directoryField.default('configServer'),
  username: fields.username.optional(),
  password: fields.password.optional(),
  connectionProtocol: fields.connectionProtocol.default('addp'),
  localTimeout: fields.localTimeout.default(20),
  remoteTimeout: fields.remoteTimeout.default(20),
  traceMode: fields.traceMode.default('off'),
  tenant: fields.tenant.optional(),
  appName: fields.appName.default('default'),
  tlsEnabled: fields.tlsEnabled.default(true),
  configServers: configServerList(configServerFields).default([]),
  ldap: ldapField,
});

export const createEnvironmentBody = wrapped(
  newEnvironmentFields.superRefine(checkNew, { when: () => true }),
);

export const changeEnvironmentBody = wrapped(
  z
    .object({
      ...fields,
      directory: directoryField,
      configServers: configServerList(configServerFields),
      ldap: ldapField,
    })
    .partial(),
);

export const environmentListQuery = z.object({
  ...pageQuery(),
  search: label()
    .optional()
    .describe(
      'Only those with this text in a server address, the tenant, the application or a base of LDAP, in any case.',
    ),
  ids: z
    .string()
    .max(4096)
    .transform((text) => text.split(','))
    .pipe(z.array(idSchema).max(100))
    .optional()
    .describe('Only those with one of these ids, at most 100, separated by commas.'),
});

export const environmentList = { data: z.array(environmentSchema), nextCursor: nextCursorSchema };

export type NewEnvironment = z.output<typeof createEnvironmentBody>['data'];
export type EnvironmentPatch = z.output<typeof changeEnvironmentBody>['data'];
