/** Finds the person whom an assertion of a registered issuer names: enabled, at a contact centre that the issuer speaks for. */
import { UntrustedAssertion } from '../../core/assertions/untrusted.ts';
import type { UserService } from '../../people/accounts/service.ts';
import { type AssertionIssuer, type Client, servesContactCenter } from '../../registry/clients/client.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';

/** Of an issuer of whatever kind of assertions. */
type Trusted = Pick<AssertionIssuer, 'userLookup' | 'contactCenterIds'>;

interface Named {
  name: unknown;
  /** Where the name stands, for the log. */
  source: string;
  /** Names one of several. */
  contactCenterId: unknown;
}

export type AssertedUsers = ReturnType<typeof createAssertedUsers>;

const maxNameLength = 255;

export function createAssertedUsers(options: {
  contactCenters: Pick<ContactCenterService, 'get'>;
  users: Pick<UserService, 'identify'>;
}) {
  const { contactCenters, users } = options;
  return {
    /** @throws UntrustedAssertion; AppError (503) if a store or the Configuration Server does not answer */
    async find(client: Client, trusted: Trusted, { name, source, contactCenterId: wanted }: Named) {
      const contactCenterId = contactCenterOf(client, trusted, wanted);
      if ((await contactCenters.get(contactCenterId)) === undefined)
        throw new UntrustedAssertion(`there is no active contact centre ${contactCenterId}`);
      if (typeof name !== 'string' || name === '' || name.length > maxNameLength)
        throw new UntrustedAssertion(`its ${source} names nobody`);
      const lookup = trusted.userLookup ?? 'userName';
      const found = await users.identify({ contactCenterId, lookup, name, accessGroups: [] });
      if (found.outcome !== 'found') throw new UntrustedAssertion(`the person is ${found.outcome}`);
      return found;
    },
  };
}

/** The contact centre that issuer and client are registered for; of several, the one that the assertion names. */
function contactCenterOf(client: Client, trusted: Trusted, named: unknown): string {
  const spokenFor = trusted.contactCenterIds ?? client.contactCenterIds;
  const allowed = spokenFor.filter((id) => servesContactCenter(client, id));
  const wanted = named ?? (allowed.length === 1 ? allowed[0] : undefined);
  if (typeof wanted !== 'string')
    throw new UntrustedAssertion('it must name one of several contact centres in contact_center_id');
  if (!allowed.includes(wanted))
    throw new UntrustedAssertion('its issuer does not speak for the contact centre');
  return wanted;
}
