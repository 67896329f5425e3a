/** The calls that administrate environments, their Configuration Servers, and locations. */

import { emptyEnvelope } from '@gatehouse/contracts/answers';
import {
  type Check,
  checkSchema,
  configServerSchema,
  environmentSchema,
  locationInUseSchema,
} from '@gatehouse/contracts/environment-administration';
import type {
  ConfigServerChange,
  EnvironmentChange,
  NewConfigServer,
  NewEnvironment,
} from '@gatehouse/contracts/resources';
import { z } from 'zod';
import {
  type NameSort,
  readData,
  readPage,
  readRows,
  readTagged,
  removeAt,
  writeData,
} from '../administration/administration-calls.ts';
import type { HttpClient } from '../http/http-client.ts';

const locationsInUse = z.array(locationInUseSchema);

const all = '/environment/v3/environments';
const one = (id: string) => `${all}/${encodeURIComponent(id)}`;

/** All calls throw UpstreamError. The API checks the fields. */
export function createEnvironmentAdministration(http: HttpClient) {
  const server = (id: string, serverId: string) =>
    `${one(id)}/config-servers/${encodeURIComponent(serverId)}`;
  return {
    /** `ids`: separated by commas, at most 100; an id without an environment is left out. */
    list: (filter: { search?: string; ids?: string; sort?: NameSort } = {}) =>
      readRows(http, environmentSchema, all, filter),
    /** `count`: with how many all pages have. */
    page: (filter: {
      search?: string | undefined;
      limit: string;
      cursor?: string | undefined;
      sort?: NameSort | undefined;
      count?: 'true';
    }) => readPage(http, environmentSchema, all, filter),
    readTagged: (id: string) => readTagged(http, environmentSchema, one(id)),
    read: (id: string) => readData(http, environmentSchema, { path: one(id) }),
    create: (fields: NewEnvironment) =>
      writeData(http, environmentSchema, { method: 'POST', path: all, json: { data: fields } }),
    /** Fields that are not given stay. */
    change: (id: string, fields: EnvironmentChange) =>
      writeData(http, environmentSchema, { method: 'PATCH', path: one(id), json: { data: fields } }),
    /** Checks what `create` would store. Nothing is stored. */
    tryNew: (fields: NewEnvironment): Promise<Check> =>
      readData(http, checkSchema, { method: 'POST', path: `${all}/dry-run`, json: { data: fields } }),
    /** Checks what `change` would store. Nothing is stored. */
    tryChange: (id: string, fields: EnvironmentChange): Promise<Check> =>
      readData(http, checkSchema, { method: 'POST', path: `${one(id)}/dry-run`, json: { data: fields } }),
    remove: (id: string) => removeAt(http, one(id)),
    addServer: (id: string, fields: NewConfigServer) =>
      writeData(http, configServerSchema, {
        method: 'POST',
        path: `${one(id)}/config-servers`,
        json: { data: fields },
      }),
    changeServer: (id: string, serverId: string, fields: ConfigServerChange) =>
      writeData(http, configServerSchema, {
        method: 'PUT',
        path: server(id, serverId),
        json: { data: fields },
      }),
    removeServer: (id: string, serverId: string) => removeAt(http, server(id, serverId)),
  };
}

/** Connects to every Configuration Server of the environment. @throws UpstreamError */
export function checkEnvironment(http: HttpClient, id: string): Promise<Check> {
  return readData(http, checkSchema, { method: 'POST', path: `${one(id)}/check` });
}

/** All calls throw UpstreamError. */
export function createLocationAdministration(http: HttpClient) {
  const path = '/environment/v3/locations';
  return {
    list: () => readData(http, locationsInUse, { path }),
    async declare(location: string): Promise<void> {
      await http.read(emptyEnvelope, { method: 'POST', path, json: { data: { location } } });
    },
    withdraw: (location: string) => removeAt(http, path, { location }),
  };
}
