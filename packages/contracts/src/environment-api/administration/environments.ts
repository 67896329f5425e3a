/** Describes `/environments` and their Configuration Servers. */

import { z } from 'zod';
import { components } from '../../components.ts';
import { directorySchema, ldapSchema } from '../directory.ts';
import type { TraceMode } from '../environment.ts';

/** The names of trace modes that installers know. */
export const classicTraceModes = {
  off: 'CFGTMNone',
  local: 'CFGTMLocal',
  remote: 'CFGTMRemote',
  both: 'CFGTMBoth',
} as const satisfies Record<TraceMode, string>;

export const configServerSchema = z.object({
  id: z.string(),
  primaryAddress: z.string(),
  primaryPort: z.int(),
  backupAddress: z.string().optional(),
  backupPort: z.int().optional(),
  readOnly: z.boolean(),
  locations: z.array(z.string()),
});
components.add(configServerSchema, { id: 'ConfigServer' });

export const tlsAnswerSchema = z.object({
  ca: z.string().optional(),
  serverName: z.string().optional(),
  mutual: z.object({ cert: z.string() }).optional(),
});

export const environmentSchema = z.object({
  id: z.string(),
  directory: directorySchema.default('configServer'),
  username: z.string().optional().describe('Given with directory "configServer", as the tenant is.'),
  connectionProtocol: z.string(),
  localTimeout: z.int(),
  remoteTimeout: z.int(),
  traceMode: z.enum(Object.values(classicTraceModes)),
  tenant: z.string().optional(),
  appName: z.string(),
  tlsEnabled: z.boolean(),
  tls: tlsAnswerSchema.optional(),
  consulService: z.string().optional(),
  srvRecord: z.string().optional(),
  configServers: z.array(configServerSchema),
  ldap: ldapSchema.optional().describe('Given with directory "ldap".'),
  createdAt: z.string().describe('ISO 8601, UTC.'),
  updatedAt: z.string().describe('ISO 8601, UTC.'),
});
components.add(environmentSchema, { id: 'Environment' });

export type ConfigServer = z.infer<typeof configServerSchema>;
export type Environment = z.infer<typeof environmentSchema>;
