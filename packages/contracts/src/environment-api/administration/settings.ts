/** `/settings` and the settings of a contact centre, as administrators call them. */
import { z } from 'zod';
import { readData, removeAt } from '../../administration-calls.ts';
import type { HttpClient } from '../../http-client.ts';
import { apiPath } from './api-path.ts';
import { contactCenterPath } from './contact-centers.ts';

export const settingSchema = z.object({
  name: z.string(),
  value: z.string(),
  location: z.string(),
  shared: z.boolean(),
  inheritedFrom: z.literal('global').optional().describe('The contact centre has no value of its own there.'),
});

export const settingsAnswer = z.object({ settings: z.array(settingSchema) });

/** Of a contact centre, or, for `undefined`, those that all of them inherit. Calls throw UpstreamError. */
export interface SettingAdministration {
  /** Those given for all locations, or the ones effective at one. */
  list(contactCenterId: string | undefined, location?: string): Promise<Setting[]>;
  set(contactCenterId: string | undefined, setting: object): Promise<Setting>;
  /** At one location, or at all. */
  remove(contactCenterId: string | undefined, name: string, location?: string): Promise<void>;
}

export function createSettingAdministration(http: HttpClient): SettingAdministration {
  const path = (id: string | undefined) => `${id === undefined ? apiPath : contactCenterPath(id)}/settings`;
  return {
    async list(id, location) {
      const request = { method: 'GET', path: path(id), query: { location } } as const;
      return (await readData(http, settingsAnswer, request)).settings;
    },
    set: (id, data) => readData(http, settingSchema, { method: 'POST', path: path(id), json: { data } }),
    remove: (id, name, location) => removeAt(http, `${path(id)}/${encodeURIComponent(name)}`, { location }),
  };
}

export type Setting = z.infer<typeof settingSchema>;
