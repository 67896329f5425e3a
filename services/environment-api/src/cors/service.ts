/** Lists and changes allowed origins. They are stored in the setting `cors-origins` alone, so nothing can disagree. */

import type { CorsEntry } from '@gatehouse/contracts/environment-administration';
import { type CorsView, rootLocation } from '@gatehouse/contracts/environment-api';
import { textOf } from '@gatehouse/contracts/resources';
import { conflict, notFound } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { type Caller, mayRead, readableIds } from '../access/caller.ts';
import type { WriteContext } from '../changes/writer.ts';
import type { ContactCenter } from '../contact-centers/contact-center.ts';
import { corsSetting, readOrigins, requireOrigin } from '../fields/cors-origins.ts';
import type { SettingService } from '../settings/service.ts';
import * as store from './store.ts';

export interface OwnedOrigins {
  /** Number of the newest change when they were read. */
  change: number;
  view: CorsView & { global: string[]; contactCenters: Record<string, string[]> };
}

export type CorsService = ReturnType<typeof createCorsService>;

const maxOrigins = 500;

export function createCorsService({ db, settings }: { db: Queryable; settings: SettingService }) {
  return {
    /** Of the contact centres that the caller may read, or of one of them. */
    async list(caller: Caller, contactCenterId: string | undefined): Promise<CorsEntry[]> {
      if (contactCenterId !== undefined && !mayRead(caller, contactCenterId)) return [];
      const ids = contactCenterId === undefined ? readableIds(caller) : [contactCenterId];
      return (await store.listCorsValues(db, ids)).flatMap(entriesOf);
    },
    /** Every allowed origin of the installation, with those whose it is. */
    async ownedOrigins(): Promise<OwnedOrigins> {
      const { change, global: values, own } = await store.readAllCorsValues(db);
      const contactCenters: Record<string, string[]> = {};
      for (const { contactCenterId, origin } of own.flatMap(entriesOf)) {
        const known = contactCenters[contactCenterId] ?? [];
        contactCenters[contactCenterId] = [...new Set([...known, origin])];
      }
      const global = [...new Set(values.flatMap(readOrigins))];
      const origins = [...new Set([...global, ...Object.values(contactCenters).flat()])];
      return { change, view: { origins, global, contactCenters } };
    },
    /** Allows it at every location; a known origin changes nothing. @throws AppError 400, 404, 412 */
    async add(context: WriteContext, contactCenterId: string, text: string): Promise<ContactCenter> {
      const origin = requireOrigin(text, 'data.origin');
      return settings.rewrite(context, contactCenterId, corsSetting, (present) => {
        const root = present.find(({ location }) => location === rootLocation);
        const origins = readOrigins(root?.value ?? '');
        if (origins.includes(origin)) return present;
        if (origins.length >= maxOrigins) {
          throw conflict(
            `The contact centre has ${maxOrigins} origins, which is the most: delete some first`,
            { reason: 'limit_reached', limit: maxOrigins },
          );
        }
        const next = {
          name: corsSetting,
          location: rootLocation,
          shared: root?.shared ?? true,
          value: textOf([...origins, origin]),
        };
        return [...present.filter((setting) => setting !== root), next];
      });
    },
    /** Removes it from every location. @throws AppError 400, 404, 412 */
    async remove(context: WriteContext, contactCenterId: string, text: string): Promise<ContactCenter> {
      const origin = requireOrigin(text, 'origin');
      return settings.rewrite(context, contactCenterId, corsSetting, (present) => {
        if (!present.some(({ value }) => readOrigins(value).includes(origin))) {
          throw notFound(`The contact centre does not have the origin ${origin}`);
        }
        return present
          .map((setting) => {
            const origins = readOrigins(setting.value);
            if (!origins.includes(origin)) return setting;
            return { ...setting, value: textOf(origins.filter((other) => other !== origin)) };
          })
          .filter(({ value }) => value !== '');
      });
    },
  };
}

function entriesOf({ contactCenterId, location, value }: store.CorsValue): CorsEntry[] {
  return readOrigins(value).map((origin) => ({ contactCenterId, location, origin }));
}
