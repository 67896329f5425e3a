/** The calls that administer OAuth clients. */
import { readData, readRows, removeAt } from '../../administration-calls.ts';
import type { HttpClient } from '../../http-client.ts';
import {
  type ClientView,
  type ClientWithSecret,
  clientViewSchema,
  clientWithSecretSchema,
} from './client-view.ts';

export interface ClientFilter {
  /** A part of the id, the name, the description or a redirect URI. */
  search?: string;
  contactCenterId?: string;
}

/** Each throws UpstreamError. */
export interface ClientAdministration {
  list(filter: ClientFilter): Promise<ClientView[]>;
  read(clientId: string): Promise<ClientView>;
  create(data: Readonly<Record<string, unknown>>): Promise<ClientWithSecret>;
  /** Fields that are left out keep their value. */
  update(clientId: string, data: Readonly<Record<string, unknown>>): Promise<ClientView>;
  remove(clientId: string): Promise<void>;
  /** Without a grace time that of the installation. */
  rotateSecret(clientId: string, graceSeconds?: number): Promise<ClientWithSecret>;
}

const all = '/auth/v3/ops/clients';

export function createClientAdministration(http: HttpClient): ClientAdministration {
  const one = (clientId: string) => `${all}/${encodeURIComponent(clientId)}`;
  return {
    list: (filter) => readRows(http, clientViewSchema, all, { ...filter }),
    read: (clientId) => readData(http, clientViewSchema, { method: 'GET', path: one(clientId) }),
    create: (data) => readData(http, clientWithSecretSchema, { method: 'POST', path: all, json: { data } }),
    update: (clientId, data) =>
      readData(http, clientViewSchema, { method: 'PUT', path: one(clientId), json: { data } }),
    remove: (clientId) => removeAt(http, one(clientId)),
    rotateSecret: (clientId, graceSeconds) =>
      readData(http, clientWithSecretSchema, {
        method: 'POST',
        path: `${one(clientId)}/rotate-secret`,
        json: { data: graceSeconds === undefined ? {} : { graceSeconds } },
      }),
  };
}
