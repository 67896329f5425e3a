/** Says which tokens and sessions end by a change at Environment API. */
import {
  covers,
  type EnvironmentEnd,
  readPersonChangeId,
  rootLocation,
} from '@gatehouse/contracts/environment-api';
import {
  allContactCenters,
  domainAt,
  type Revocation,
  signOnAt,
} from '../../records/revocation/revocation.ts';
import { canonicalTenant } from '../../registry/contact-centers/fold-name.ts';
import type { SeenChange } from '../../registry/contact-centers/service.ts';

/** A place, a domain, a way to sign in or a person whose tokens and sessions end. */
export type Deactivated = Pick<Revocation, 'kind' | 'id'>;
export type DeactivatedPerson = NonNullable<ReturnType<typeof readPersonChangeId>>;

/** As if everything had been switched off, because it is not known what was. */
export const everyContactCenter: SeenChange = { entity: 'contact-center-end', id: allContactCenters };

const deactivatedByEntity: Record<
  Exclude<EnvironmentEnd, 'person-end'>,
  (change: SeenChange, here: string) => Deactivated[]
> = {
  'contact-center-end': ({ id }) => [{ kind: 'contact-center', id }],
  'environment-end': ({ id }) => [{ kind: 'environment', id }],
  'domain-end': ({ id, contactCenterId = '' }) => [
    { kind: 'domain', id: domainAt(contactCenterId, canonicalTenant(id)) },
    // Of some sign-ins the domain is not known: it may have been this one.
    { kind: 'domain', id: domainAt(contactCenterId) },
  ],
  'single-sign-on-end': ({ id, contactCenterId = '' }, here) => {
    const [protocol, place = ''] = id.split(' ');
    const names = [id];
    // The settings of a wider place counted here until this place got its own. Of some sign-ins the settings are not known.
    if (covers(place, here)) names.push(...widerThan(place).map((wider) => `${protocol} ${wider}`), '');
    return names.map((name) => ({ kind: 'sign-on', id: signOnAt(contactCenterId, name) }));
  },
};

/** `here`: the location of this installation. Persons are left out. */
export function deactivatedBy(change: SeenChange, here: string): Deactivated[] {
  return Object.hasOwn(deactivatedByEntity, change.entity)
    ? deactivatedByEntity[change.entity as keyof typeof deactivatedByEntity](change, here)
    : [];
}

/** The person who ends by the change, if it is about one. */
export function deactivatedPerson({ entity, id }: SeenChange): DeactivatedPerson[] {
  const person = entity === 'person-end' ? readPersonChangeId(id) : undefined;
  return person === undefined ? [] : [person];
}

/** Whether what is stored of the people of the contact centre may have to be deleted. */
export const isOneContactCenter = ({ kind, id }: Deactivated) =>
  kind === 'contact-center' && id !== allContactCenters;

/** The locations that cover the given one, without itself. */
function widerThan(location: string): string[] {
  const parts = location === rootLocation ? [] : location.split('/').slice(1);
  return parts.map((_part, index) => `/${parts.slice(0, index).join('/')}`);
}
