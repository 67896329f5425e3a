/** Documents of single sign-on settings of a contact centre. */
import { rootLocation } from '@gatehouse/contracts/environment-api';
import { oidcChangeSchema, samlChangeSchema } from '@gatehouse/contracts/resources';
import { definedOnly, type SignOnProtocol } from '@gatehouse/contracts/values';
import { oidc } from '../../single-sign-on/oidc.ts';
import { saml } from '../../single-sign-on/saml.ts';
import type { SingleSignOnService } from '../../single-sign-on/service.ts';
import { centerOf } from '../center-of.ts';
import { idOf } from '../ids.ts';
import type { Kind } from '../thing.ts';

const protocols = {
  saml: { schema: samlChangeSchema, defaults: saml.defaults },
  oidc: { schema: oidcChangeSchema, defaults: oidc.defaults },
};

export function createSingleSignOnKind(singleSignOn: SingleSignOnService): Kind {
  return {
    list: ({ contactCenters }, names) =>
      contactCenters.flatMap(({ center, signOn }) =>
        signOn.map(({ protocol, location, settings, secret }) => {
          const contactCenter = names.contactCenters.get(center.id);
          const metadata = { name: protocol, contactCenter, location };
          const place = { kind: 'SingleSignOn' as const, metadata };
          return {
            ...place,
            id: idOf(place, center.id),
            contactCenterId: center.id,
            spec: { ...protocols[protocol].defaults, ...settings },
            secrets: secret === null ? {} : { clientSecret: secret },
          };
        }),
      ),
    read({ document: { metadata, spec } }) {
      const patch = protocols[metadata.name as SignOnProtocol].schema.parse(spec);
      return { spec: definedOnly(patch), patch };
    },
    async write({ context }, wanted, { patch }, { changed, same }) {
      const { name, location = rootLocation } = wanted.document.metadata;
      const id = centerOf(wanted);
      if (name === 'saml') {
        await singleSignOn.put(context, id, saml, location, patch as never);
        return;
      }
      const whole = { ...patch, ...definedOnly({ clientSecret: changed['clientSecret'] }) };
      await singleSignOn.put(context, id, oidc, location, whole as never, {
        storedSecret: same['clientSecret'],
        field: 'secrets.clientSecret',
      });
    },
    async remove({ context }, thing) {
      const { name, location = rootLocation } = thing.metadata;
      await singleSignOn.remove(context, centerOf(thing), name as SignOnProtocol, location);
    },
  };
}
