/** Bodies of `/environments`. The Configuration Server password goes in and never comes out. */
import { nextCursorSchema } from '@gatehouse/contracts/administration-calls';
import { environmentSchema } from '@gatehouse/contracts/environment-api/administration/environments';
import { pageQuery } from '@gatehouse/service-kit/http/page';
import { flag, integer } from '@gatehouse/service-kit/http/scalar';
import { z } from 'zod';
import { configServerFields, configServerList } from '../config-servers/schemas.ts';
import { idSchema } from '../fields/id.ts';
import { freeText, label } from '../fields/text.ts';
import { wrapped } from '../fields/wrapped.ts';
import { discoveryFields, needsServers, saysWhereServersAre } from './discovery.ts';
import { tlsField } from './tls.ts';
import { traceModeField } from './trace-mode.ts';

const keepAliveSeconds = () => integer(0, 3600).describe('Seconds without a sign of life; 0 = off.');

const fields = {
  username: label().describe('Service account at the Configuration Server.'),
  password: freeText(1024).min(1, 'must not be empty').describe('Its password. Write-only.'),
  connectionProtocol: z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(['addp'], { error: 'must be "addp"' })),
  localTimeout: keepAliveSeconds(),
  remoteTimeout: keepAliveSeconds(),
  traceMode: traceModeField,
  tenant: label().describe('Name of the tenant on the Configuration Server.'),
  appName: label().describe('Name of the application object on the Configuration Server.'),
  tlsEnabled: flag().describe('`false` permits plaintext to this Configuration Server.'),
  tls: tlsField,
  ...discoveryFields,
};

export const createEnvironmentBody = wrapped(
  z.object({
    id: idSchema.optional().describe('Chosen by the caller, or left to us.'),
    ...fields,
    connectionProtocol: fields.connectionProtocol.default('addp'),
    localTimeout: fields.localTimeout.default(20),
    remoteTimeout: fields.remoteTimeout.default(20),
    traceMode: fields.traceMode.default('off'),
    tenant: fields.tenant.default('Environment'),
    appName: fields.appName.default('default'),
    tlsEnabled: fields.tlsEnabled.default(true),
    configServers: configServerList(configServerFields).default([]),
  }),
).refine((body: { data?: object } | undefined) => saysWhereServersAre(body?.data), {
  path: ['data', 'configServers'],
  error: needsServers,
  // Told together with whatever else is wrong.
  when: () => true,
});

export const changeEnvironmentBody = wrapped(
  z.object({ ...fields, configServers: configServerList(configServerFields) }).partial(),
);

export const environmentListQuery = z.object({
  ...pageQuery(),
  search: label()
    .optional()
    .describe('Only those with this text in a server address, the tenant or the application, in any case.'),
});

export const environmentList = { data: z.array(environmentSchema), nextCursor: nextCursorSchema };

export type NewEnvironment = z.output<typeof createEnvironmentBody>['data'];
export type EnvironmentPatch = z.output<typeof changeEnvironmentBody>['data'];
