/** Documents of declared locations. */
import { locationSchema } from '@gatehouse/contracts/environment-api';
import type { LocationService } from '../../locations/service.ts';
import { idOf } from '../ids.ts';
import type { Kind } from '../thing.ts';

export function createLocationKind(locations: LocationService): Kind {
  return {
    list: ({ locations }) =>
      locations.map((name) => {
        const place = { kind: 'Location' as const, metadata: { name } };
        return { ...place, id: idOf(place, undefined), contactCenterId: undefined, spec: {}, secrets: {} };
      }),
    read({ document }) {
      locationSchema.parse(document.metadata.name);
      return { spec: {}, patch: {} };
    },
    write: ({ context }, { document }) => locations.declare(context, document.metadata.name),
    remove: ({ context }, { metadata }) => locations.withdraw(context, metadata.name),
  };
}
