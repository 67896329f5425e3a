/** Names the people, clients and contact centres of events: a reader of a file knows no identifiers. */
import type { SecurityEvent } from '@gatehouse/contracts/auth-api';
import { definedOnly, loginNameOf } from '@gatehouse/contracts/values';
import type { SeenPeople } from '../../records/audit/seen-people.ts';
import { peopleIn } from '../../records/audit/view.ts';
import type { ClientService } from '../../registry/clients/service.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';

/** Each is absent where nothing has the name any more, or the caller may not read it. */
export interface NamedEvent extends SecurityEvent {
  personName?: string;
  actorName?: string;
  clientName?: string;
  contactCenterName?: string;
}

interface EventNamesOptions {
  seenPeople: Pick<SeenPeople, 'namesOf'>;
  contactCenters: Pick<ContactCenterService, 'find'>;
  clients: Pick<ClientService, 'list'>;
}

export function createEventNames({ seenPeople, contactCenters, clients }: EventNamesOptions) {
  async function centersOf(ids: Iterable<string | undefined>) {
    const wanted = [...new Set(ids)].filter((id) => id !== undefined);
    // Without Environment API the file has the identifiers alone.
    const found = await Promise.allSettled(
      wanted.map(async (id) => [id, await contactCenters.find(id)] as const),
    );
    return new Map(found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
  }

  async function clientsOf(ids: readonly string[], within: string | undefined) {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return new Map<string, string>();
    const { rows } = await clients.list(
      { ids: wanted, within, contactCenterId: undefined, search: undefined },
      { limit: wanted.length, offset: 0, after: undefined },
    );
    return new Map(rows.map(({ clientId, name }) => [clientId, name]));
  }

  /** `within`: the contact centre that the caller is confined to. */
  return async (events: readonly SecurityEvent[], within: string | undefined): Promise<NamedEvent[]> => {
    const people = await seenPeople.namesOf(events.flatMap(peopleIn), within);
    const [centers, clientNames] = await Promise.all([
      centersOf([...events, ...people].map(({ contactCenterId }) => contactCenterId)),
      clientsOf(events.flatMap(clientsIn), within),
    ]);
    const personNames = new Map(
      people.map(({ sub, userName, contactCenterId }) => [
        sub,
        loginNameOf(userName, centers.get(contactCenterId)?.domains[0]),
      ]),
    );
    return events.map((event) => {
      const { sub = '', clientId = '', contactCenterId = '', fields } = event;
      const actor = String(fields['actor'] ?? '');
      const names = {
        personName: personNames.get(sub),
        actorName: personNames.get(actor) ?? clientNames.get(actor),
        clientName: clientNames.get(clientId),
        contactCenterName: centers.get(contactCenterId)?.name,
      };
      return { ...event, ...definedOnly(names) };
    });
  };
}

function clientsIn({ clientId, fields }: SecurityEvent): string[] {
  return [clientId, fields['actor']].filter((one) => typeof one === 'string');
}
