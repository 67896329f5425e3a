/** Documents of allowed origins, which are stored in the setting cors-origins of their contact centre. */
import type { CorsService } from '../../cors/service.ts';
import { corsSetting, readOrigins, requireOrigin } from '../../fields/cors-origins.ts';
import { centerOf } from '../center-of.ts';
import { idOf } from '../ids.ts';
import type { Kind } from '../thing.ts';

export function createOriginKind(cors: CorsService): Kind {
  return {
    list: ({ contactCenters }, names) =>
      contactCenters.flatMap(({ center, settings }) => {
        const values = settings.filter(({ name }) => name === corsSetting).map(({ value }) => value);
        const contactCenter = names.contactCenters.get(center.id);
        return [...new Set(values.flatMap(readOrigins))].map((name) => {
          const place = { kind: 'Origin' as const, metadata: { name, contactCenter } };
          return { ...place, id: idOf(place, center.id), contactCenterId: center.id, spec: {}, secrets: {} };
        });
      }),
    read({ document }) {
      requireOrigin(document.metadata.name, 'metadata.name');
      return { spec: {}, patch: {} };
    },
    async write({ context }, wanted) {
      await cors.add(context, centerOf(wanted), wanted.document.metadata.name);
    },
    async remove({ context }, thing) {
      await cors.remove(context, centerOf(thing), thing.metadata.name);
    },
  };
}
