/** Finds the id by which the trails know a changed thing that a person names. */
import { readPersonProfile } from '@gatehouse/api-client/auth-api';
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api';
import { personChangeId } from '@gatehouse/contracts/environment-api';
import { clientOf, contactCenterOf, environmentOf } from '../../input/named.ts';
import { seenPerson } from '../../input/person.ts';
import type { Session } from '../../session.ts';

/** A thing that is gone has no name any more, and is found by its id. @throws Failure, UpstreamError */
export async function changedId(
  session: Session,
  entity: string | undefined,
  text: string,
): Promise<{ id: string; doubts?: readonly string[] }> {
  switch (entity) {
    case 'environment':
      return { id: await environmentOf(session, text) };
    case 'contact-center':
      return { id: await contactCenterOf(session, text) };
    case 'client':
      return clientOf(session, text);
    case 'administrator': {
      const { subs, doubts } = await seenPerson(session, text);
      return { id: subs[0] ?? text, doubts };
    }
    case 'person':
      return { id: text.includes('\\') ? await personId(session, text) : text };
    default:
      return { id: text };
  }
}

/** Changes name a person by the environment and the number, which nobody else ever gets. */
async function personId({ authApi, environmentApi }: Session, user: string): Promise<string> {
  const { person, contactCenterId } = await readPersonProfile(authApi, { user });
  const { environmentId } = await createContactCenterAdministration(environmentApi).read(contactCenterId);
  return person.number === undefined ? user : personChangeId(environmentId, person.number);
}
