/** Documents of settings: of a contact centre, or of all of them. */
import type { Setting } from '@gatehouse/contracts/environment-administration';
import { rootLocation } from '@gatehouse/contracts/environment-api';
import { newSettingSchema, setting } from '@gatehouse/contracts/resources';
import { badRequest } from '@gatehouse/service-kit/errors';
import { z } from 'zod';
import { corsSetting } from '../../fields/cors-origins.ts';
import type { GlobalSettingService } from '../../global-settings/service.ts';
import { normalizeSetting } from '../../settings/naming.ts';
import type { SettingService } from '../../settings/service.ts';
import { idOf } from '../ids.ts';
import type { Kind, Thing } from '../thing.ts';

const given = z.object(setting.fields).pick({ value: true, shared: true }).partial();

export function createSettingKind(services: {
  settings: SettingService;
  globalSettings: GlobalSettingService;
}): Kind {
  const { settings, globalSettings } = services;
  return {
    list: ({ settings: ofAll, contactCenters }, names) => [
      ...ofAll.map((one) => thingOf(one, undefined, undefined)),
      ...contactCenters.flatMap(({ center, settings }) =>
        settings
          // Its entries are documents of their own.
          .filter(({ name }) => name !== corsSetting)
          .map((one) => thingOf(one, center.id, names.contactCenters.get(center.id))),
      ),
    ],
    read({ document: { metadata, spec }, contactCenterId, present }) {
      const { name, location = rootLocation } = metadata;
      if (contactCenterId !== undefined && name === corsSetting)
        throw badRequest(
          `${corsSetting} of a contact centre is not written as a whole: write a document of the kind Origin for each of them`,
          { field: 'metadata.name' },
        );
      // A default is no value that the document has given.
      const { value, shared } = given.parse(spec);
      const supplied = {
        ...(spec['value'] !== undefined && { value }),
        ...(spec['shared'] !== undefined && { shared }),
      };
      const whole = normalizeSetting(
        newSettingSchema.parse({ ...present?.spec, ...supplied, name, location }),
      );
      return {
        spec: { ...supplied, ...(spec['value'] !== undefined && { value: whole.value }) },
        patch: { ...whole },
      };
    },
    async write({ context }, { contactCenterId }, { patch }) {
      const one = patch as unknown as Setting;
      if (contactCenterId === undefined) await globalSettings.upsert(context, one);
      else await settings.upsert(context, contactCenterId, one);
    },
    async remove({ context }, { contactCenterId, metadata: { name, location } }) {
      if (contactCenterId === undefined) await globalSettings.remove(context, name, location);
      else await settings.remove(context, contactCenterId, name, location);
    },
  };
}

function thingOf(
  { name, location, value, shared }: Setting,
  contactCenterId: string | undefined,
  contactCenter: string | undefined,
): Thing {
  const place = { kind: 'Setting' as const, metadata: { name, contactCenter, location } };
  return {
    ...place,
    id: idOf(place, contactCenterId),
    contactCenterId,
    spec: { value, shared },
    secrets: {},
  };
}
