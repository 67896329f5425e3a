/** `/environments` and their Configuration Servers, as administrators call them. */
import { z } from 'zod';
import { readData, readRows, removeAt, type Written, writeData } from '../../administration-calls.ts';
import type { HttpClient } from '../../http-client.ts';
import type { TraceMode } from '../environment.ts';
import { apiPath } from './api-path.ts';

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

export const tlsAnswerSchema = z.object({
  ca: z.string().optional(),
  serverName: z.string().optional(),
  mutual: z.object({ cert: z.string() }).optional(),
});

export const environmentSchema = z.object({
  id: z.string(),
  username: z.string(),
  connectionProtocol: z.string(),
  localTimeout: z.int(),
  remoteTimeout: z.int(),
  traceMode: z.enum(Object.values(classicTraceModes)),
  tenant: z.string(),
  appName: z.string(),
  tlsEnabled: z.boolean(),
  tls: tlsAnswerSchema.optional(),
  consulService: z.string().optional(),
  srvRecord: z.string().optional(),
  configServers: z.array(configServerSchema),
  createdAt: z.string().describe('ISO 8601, UTC.'),
  updatedAt: z.string().describe('ISO 8601, UTC.'),
});

/** Every call throws UpstreamError when Environment API refuses or cannot answer. */
export interface EnvironmentAdministration {
  list(search?: string): Promise<Environment[]>;
  read(id: string): Promise<Environment>;
  /** `fields` as the API takes them; what is wrong with them it says itself. */
  create(fields: object): Promise<Written<Environment>>;
  /** Fields that are not given stay. */
  change(id: string, fields: object): Promise<Written<Environment>>;
  remove(id: string): Promise<void>;
  addServer(id: string, fields: object): Promise<Written<ConfigServer>>;
  changeServer(id: string, serverId: string, fields: object): Promise<Written<ConfigServer>>;
  removeServer(id: string, serverId: string): Promise<void>;
}

export function createEnvironmentAdministration(http: HttpClient): EnvironmentAdministration {
  const all = `${apiPath}/environments`;
  const one = (id: string) => `${all}/${encodeURIComponent(id)}`;
  const server = (id: string, serverId: string) =>
    `${one(id)}/config-servers/${encodeURIComponent(serverId)}`;

  return {
    list: (search) => readRows(http, environmentSchema, `${apiPath}/environments`, { search }),
    read: (id) => readData(http, environmentSchema, { method: 'GET', path: one(id) }),
    create: (data) => writeData(http, environmentSchema, { method: 'POST', path: all, json: { data } }),
    change: (id, data) =>
      writeData(http, environmentSchema, { method: 'PATCH', path: one(id), json: { data } }),
    remove: (id) => removeAt(http, one(id)),
    addServer: (id, data) =>
      writeData(http, configServerSchema, {
        method: 'POST',
        path: `${one(id)}/config-servers`,
        json: { data },
      }),
    changeServer: (id, serverId, data) =>
      writeData(http, configServerSchema, { method: 'PUT', path: server(id, serverId), json: { data } }),
    removeServer: (id, serverId) => removeAt(http, server(id, serverId)),
  };
}

export type ConfigServer = z.infer<typeof configServerSchema>;
export type Environment = z.infer<typeof environmentSchema>;
