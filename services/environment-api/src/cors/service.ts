/** `/cors` over the setting `cors-origins`: two ways to one value, so that they cannot disagree. */

import type { CorsEntry } from '@gatehouse/contracts/environment-api/administration/cors';
import { rootLocation } from '@gatehouse/contracts/environment-api/location';
import { conflict, notFound } from '@gatehouse/service-kit/errors/app-error';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { type Caller, mayRead, readableIds } from '../access/caller.ts';
import type { WriteContext } from '../changes/writer.ts';
import type { ContactCenter } from '../contact-centers/contact-center.ts';
import type { SettingService } from '../settings/service.ts';
import { corsSetting, joinOrigins, readOrigins, requireOrigin } from './origins.ts';
import * as store from './store.ts';

export interface CorsService {
  /** Of the contact centres that the caller may read, or of one of them. */
  list(caller: Caller, contactCenterId: string | undefined): Promise<CorsEntry[]>;
  /** Every allowed origin of the installation. */
  allOrigins(): Promise<string[]>;
  /** At every location. Present already: nothing changes. @throws AppError 400, 404, 412 */
  add(context: WriteContext, contactCenterId: string, origin: string): Promise<ContactCenter>;
  /** From every location. @throws AppError 400, 404, 412 */
  remove(context: WriteContext, contactCenterId: string, origin: string): Promise<ContactCenter>;
}

const maxOrigins = 500;

export function createCorsService(db: Queryable, settings: SettingService): CorsService {
  return {
    async list(caller, contactCenterId) {
      if (contactCenterId !== undefined && !mayRead(caller, contactCenterId)) return [];
      const ids = contactCenterId === undefined ? readableIds(caller) : [contactCenterId];
      return (await store.listCorsValues(db, ids)).flatMap(entriesOf);
    },
    async allOrigins() {
      const own = await store.listCorsValues(db, undefined);
      const values = [...(await store.listGlobalCorsValues(db)), ...own];
      return [...new Set(values.flatMap(({ value }) => readOrigins(value)))];
    },
    add(context, contactCenterId, text) {
      const origin = requireOrigin(text, 'data.origin');
      return settings.rewrite(context, contactCenterId, corsSetting, (present) => {
        const root = present.find(({ location }) => location === rootLocation);
        const origins = readOrigins(root?.value ?? '');
        if (origins.includes(origin)) return present;
        if (origins.length >= maxOrigins) {
          throw conflict(
            `The contact centre has ${maxOrigins} origins, which is the most: delete some first`,
          );
        }
        const next = {
          name: corsSetting,
          location: rootLocation,
          shared: root?.shared ?? true,
          value: joinOrigins([...origins, origin]),
        };
        return [...present.filter((setting) => setting !== root), next];
      });
    },
    remove(context, contactCenterId, text) {
      const origin = requireOrigin(text, 'origin');
      return settings.rewrite(context, contactCenterId, corsSetting, (present) => {
        if (!present.some(({ value }) => readOrigins(value).includes(origin))) {
          throw notFound(`The contact centre does not have the origin ${origin}`);
        }
        return present
          .map((setting) => {
            const origins = readOrigins(setting.value);
            if (!origins.includes(origin)) return setting;
            return { ...setting, value: joinOrigins(origins.filter((other) => other !== origin)) };
          })
          .filter(({ value }) => value !== '');
      });
    },
  };
}

function entriesOf({ contactCenterId, location, value }: store.CorsValue): CorsEntry[] {
  return readOrigins(value).map((origin) => ({ contactCenterId, location, origin }));
}
