/** `/contact-centers`, as administrators call them. */
import { z } from 'zod';
import { readData, readRows, removeAt } from '../../administration-calls.ts';
import type { HttpClient } from '../../http-client.ts';
import { apiPath } from './api-path.ts';

export const contactCenterSchema = z.object({
  id: z.string(),
  environmentId: z.string(),
  name: z.string(),
  domains: z.array(z.string()),
  auth: z.string(),
  status: z.string(),
  createdAt: z.string().describe('ISO 8601, UTC.'),
  updatedAt: z.string().describe('ISO 8601, UTC.'),
});

/** A type and no interface: it is a query as it stands. */
export type ContactCenterFilter = {
  environmentId?: string;
  domain?: string;
  search?: string;
};

/** Every call throws UpstreamError when Environment API refuses or cannot answer. */
export interface ContactCenterAdministration {
  list(filter?: ContactCenterFilter): Promise<ContactCenter[]>;
  read(id: string): Promise<ContactCenter>;
  create(fields: object): Promise<ContactCenter>;
  /** Fields that are not given stay. */
  change(id: string, fields: object): Promise<ContactCenter>;
  remove(id: string): Promise<void>;
}

export function contactCenterPath(id: string): string {
  return `${apiPath}/contact-centers/${encodeURIComponent(id)}`;
}

export function createContactCenterAdministration(http: HttpClient): ContactCenterAdministration {
  const all = `${apiPath}/contact-centers`;
  return {
    list: (filter) => readRows(http, contactCenterSchema, `${apiPath}/contact-centers`, filter),
    read: (id) => readData(http, contactCenterSchema, { method: 'GET', path: contactCenterPath(id) }),
    create: (data) => readData(http, contactCenterSchema, { method: 'POST', path: all, json: { data } }),
    change: (id, data) =>
      readData(http, contactCenterSchema, { method: 'PATCH', path: contactCenterPath(id), json: { data } }),
    remove: (id) => removeAt(http, contactCenterPath(id)),
  };
}

export type ContactCenter = z.infer<typeof contactCenterSchema>;
