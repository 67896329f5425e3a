/** Documents of contact centres. */
import { contactCenterChangeSchema, newContactCenterSchema } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import { auditedFields } from '../../contact-centers/contact-center.ts';
import type { ContactCenterPatch, NewContactCenter } from '../../contact-centers/schemas.ts';
import type { ContactCenterService } from '../../contact-centers/service.ts';
import { nameCenter } from '../names.ts';
import type { Kind } from '../thing.ts';

export function createContactCenterKind(contactCenters: ContactCenterService): Kind {
  return {
    list: ({ contactCenters }, names) =>
      contactCenters.map(({ center }) => {
        const { environmentId, ...fields } = auditedFields(center);
        return {
          kind: 'ContactCenter' as const,
          metadata: { name: names.contactCenters.get(center.id) ?? center.id },
          id: center.id,
          contactCenterId: center.id,
          spec: { environment: names.environments.get(environmentId), ...fields },
          secrets: {},
        };
      }),
    read({ document: { spec }, present, id }, { names }) {
      const { environment, ...fields } = spec;
      const whole = {
        ...fields,
        ...(environment !== undefined && { environmentId: names.environmentId(String(environment)) }),
      };
      // A new one is checked as a whole.
      const created = present === undefined ? newContactCenterSchema.parse({ ...whole, id }) : undefined;
      const patch = contactCenterChangeSchema.parse(whole);
      const { environmentId: _environmentId, ...supplied } = patch;
      return { spec: definedOnly({ environment, ...supplied }), patch: created ?? patch };
    },
    async write({ context, write }, { document, present, id }, { patch }) {
      if (present === undefined) await contactCenters.create(context, patch as NewContactCenter);
      else await contactCenters.change(context, id, patch as ContactCenterPatch);
      await nameCenter(write.db, id, document.metadata.name);
    },
    remove: ({ context }, { id }) => contactCenters.remove(context, id),
  };
}
