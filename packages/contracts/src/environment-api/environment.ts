/** Describes what Auth API reads about an environment: `GET /environment/v3/internal/environments/{id}`. */
import { z } from 'zod';
import { configServerTlsViewSchema } from './config-server-tls.ts';
import { defaultDirectory, directorySchema, ldapViewSchema } from './directory.ts';

export const traceModeSchema = z.enum(['off', 'local', 'remote', 'both']);

/** The names of trace modes that installers know. */
export const classicTraceModes = {
  off: 'CFGTMNone',
  local: 'CFGTMLocal',
  remote: 'CFGTMRemote',
  both: 'CFGTMBoth',
} as const satisfies Record<TraceMode, string>;

export const configServerViewSchema = z.object({
  id: z.guid(),
  primaryAddress: z.string(),
  primaryPort: z.int(),
  backupAddress: z.string().optional(),
  backupPort: z.int().optional(),
  /** Takes no password changes. */
  readOnly: z.boolean(),
  /** `/` serves every location. */
  locations: z.array(z.string()),
});

export const environmentViewSchema = z.object({
  id: z.guid(),
  /** As people call it; the release before answers none. */
  name: z.string().default(''),
  /** Grows with every change of the environment or of one of its servers; never used twice. */
  version: z.int(),
  /** Where its people are. The release before knows Configuration Servers only. */
  directory: directorySchema.default(defaultDirectory),
  /** Given where `directory` is `ldap`. */
  ldap: ldapViewSchema.optional(),
  /** Service account at the Configuration Server. Empty with another directory, as its password and tenant are. */
  username: z.string(),
  /** Its password, sealed; open it with `passwordPlace(id)`. */
  passwordEnvelope: z.string(),
  connectionProtocol: z.enum(['addp']),
  /** Keep-alive times in seconds, 0 = off. */
  localTimeout: z.int(),
  remoteTimeout: z.int(),
  traceMode: traceModeSchema,
  /** Name of the tenant on the Configuration Server. */
  tenant: z.string(),
  /** Name of our application object on the Configuration Server. */
  appName: z.string(),
  /** `false` is the operator's explicit permission for plaintext to this Configuration Server. */
  tlsEnabled: z.boolean(),
  /** Counts while `tlsEnabled` is true. */
  tls: configServerTlsViewSchema.optional(),
  /** Name of the service in Consul that lists the Configuration Servers; never together with `srvRecord`. */
  consulService: z.string().optional(),
  /** Full name of the DNS SRV record that lists them, or the LDAP servers. */
  srvRecord: z.string().optional(),
  /** In the order in which they are to be tried; empty where one of the two names above is given, or with another directory. */
  configServers: z.array(configServerViewSchema),
});

/** Where the Configuration Server password is stored; the seal is bound to it. */
export function passwordPlace(environmentId: string) {
  return { table: 'environment.environments', row: environmentId, column: 'password' };
}

export type TraceMode = z.infer<typeof traceModeSchema>;
export type ConfigServerView = z.infer<typeof configServerViewSchema>;
export type EnvironmentView = z.infer<typeof environmentViewSchema>;
