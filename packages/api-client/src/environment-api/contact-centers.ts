/** The calls that administrate contact centres with their settings, API keys and allowed origins. */

import { emptyEnvelope } from '@gatehouse/contracts/answers';
import {
  answeredApiKeySchema,
  apiKeySchema,
  contactCenterEndsSchema,
  contactCenterSchema,
  corsAnswer,
  keyOwnerSchema,
  settingSchema,
  settingsAnswer,
} from '@gatehouse/contracts/environment-administration';
import type {
  ContactCenterChange,
  NewApiKey,
  NewContactCenter,
  NewSetting,
  Rotation,
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

const apiKeys = z.array(apiKeySchema);

const apiPath = '/environment/v3';
const all = `${apiPath}/contact-centers`;
const one = (id: string) => `${all}/${encodeURIComponent(id)}`;

/** A type and no interface, so that it is a query. */
export type ContactCenterFilter = {
  environmentId?: string | undefined;
  domain?: string | undefined;
  search?: string | undefined;
  sort?: NameSort | undefined;
};

/** All calls throw UpstreamError. The API checks the fields. */
export function createContactCenterAdministration(http: HttpClient) {
  return {
    list: (filter?: ContactCenterFilter) => readRows(http, contactCenterSchema, all, filter),
    /** `count`: with how many all pages have. */
    page: (filter: ContactCenterFilter & { limit: string; cursor?: string | undefined; count?: 'true' }) =>
      readPage(http, contactCenterSchema, all, filter),
    readTagged: (id: string) => readTagged(http, contactCenterSchema, one(id)),
    read: (id: string) => readData(http, contactCenterSchema, { path: one(id) }),
    create: (fields: NewContactCenter) =>
      writeData(http, contactCenterSchema, { method: 'POST', path: all, json: { data: fields } }),
    /** Fields that are not given stay. */
    change: (id: string, fields: ContactCenterChange) =>
      writeData(http, contactCenterSchema, { method: 'PATCH', path: one(id), json: { data: fields } }),
    remove: (id: string) => removeAt(http, one(id)),
    /** The things that are deleted with the contact centre. */
    ends: (id: string) => readData(http, contactCenterEndsSchema, { path: `${one(id)}/ends` }),
  };
}

/** Settings of a contact centre or, for `undefined`, those that all inherit. All calls throw UpstreamError. */
export function createSettingAdministration(http: HttpClient) {
  const path = (id: string | undefined) => `${id === undefined ? apiPath : one(id)}/settings`;
  return {
    /** Those given for all locations, or the ones effective at one. */
    async list(contactCenterId: string | undefined, location?: string) {
      const request = { path: path(contactCenterId), query: { location } };
      return (await readData(http, settingsAnswer, request)).settings;
    },
    /** Those given for all locations; `etag` is that of the contact centre, or of all global settings. */
    async listTagged(contactCenterId: string | undefined) {
      const { data, etag } = await readTagged(http, settingsAnswer, path(contactCenterId));
      return { settings: data.settings, etag };
    },
    set: (contactCenterId: string | undefined, setting: NewSetting) =>
      writeData(http, settingSchema, {
        method: 'POST',
        path: path(contactCenterId),
        json: { data: setting },
      }),
    /** At one location, or at all. */
    remove: (contactCenterId: string | undefined, name: string, location?: string) =>
      removeAt(http, `${path(contactCenterId)}/${encodeURIComponent(name)}`, { location }),
  };
}

/** All calls throw UpstreamError. */
export function createApiKeyAdministration(http: HttpClient) {
  const keys = (contactCenterId: string) => `${one(contactCenterId)}/api-keys`;
  const key = (contactCenterId: string, keyId: string) =>
    `${keys(contactCenterId)}/${encodeURIComponent(keyId)}`;
  return {
    list: (contactCenterId: string) => readData(http, apiKeys, { path: keys(contactCenterId) }),
    /** `etag` is that of the contact centre, whose version covers its keys. */
    listTagged: (contactCenterId: string) => readTagged(http, apiKeys, keys(contactCenterId)),
    create: (contactCenterId: string, fields: NewApiKey) =>
      readData(http, answeredApiKeySchema, {
        method: 'POST',
        path: keys(contactCenterId),
        json: { data: fields },
      }),
    rotate: (contactCenterId: string, keyId: string, fields: Rotation) =>
      readData(http, answeredApiKeySchema, {
        method: 'POST',
        path: `${key(contactCenterId, keyId)}/rotate`,
        json: { data: fields },
      }),
    remove: (contactCenterId: string, keyId: string) => removeAt(http, key(contactCenterId, keyId)),
    /** Returns whose key it is. */
    validate: (presented: string) =>
      readData(http, keyOwnerSchema, {
        method: 'POST',
        path: `${apiPath}/api-keys/validate`,
        json: { data: { key: presented } },
      }),
  };
}

/** All calls throw UpstreamError. */
export function createCorsAdministration(http: HttpClient) {
  const path = `${apiPath}/cors`;
  return {
    /** Of one contact centre, or of all. */
    async list(contactCenterId?: string) {
      return (await readData(http, corsAnswer, { path, query: { contactCenterId } })).entries;
    },
    async add(contactCenterId: string, origin: string): Promise<void> {
      await http.read(emptyEnvelope, { method: 'POST', path, json: { data: { contactCenterId, origin } } });
    },
    remove: (contactCenterId: string, origin: string) => removeAt(http, path, { contactCenterId, origin }),
  };
}
