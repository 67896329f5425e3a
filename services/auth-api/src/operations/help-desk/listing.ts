/** Lists people of a contact centre for an administrator, and shows one of them. */
import type {
  ListedPersonView,
  PeoplePage,
  PersonName,
  PersonProfile,
} from '@gatehouse/contracts/auth-administration';
import {
  type ContactCenterView,
  type Directory,
  isOwnDirectory,
  peopleSources,
} from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { SecretBox, SecretPlace } from '@gatehouse/service-kit/crypto';
import { AppError, unavailable } from '@gatehouse/service-kit/errors';
import { refuseCursor } from '@gatehouse/service-kit/http';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { Actor } from '../../core/administration/actor.ts';
import type { ListedPerson } from '../../people/accounts/search.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { AuditFilter, StoredAuditEvent } from '../../records/audit/store.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { isSub, serverTimeoutMs, unknownName } from './accounts.ts';
import { helpDeskEventOf } from './events.ts';
import type { HelpDeskPeople } from './people.ts';

export interface ListedPeopleOptions {
  people: Pick<HelpDeskPeople, 'contactCenter' | 'account'>;
  contactCenters: Pick<ContactCenterService, 'environment'>;
  users: Pick<UserService, 'listing' | 'delays'>;
  sessions: Pick<SessionService, 'list'>;
  search(filter: AuditFilter): Promise<{ events: StoredAuditEvent[] }>;
  secretBox: Pick<SecretBox, 'seal' | 'open'>;
  audit: Pick<AuditWriter, 'write'>;
}

export interface PeopleSearch {
  contactCenter: string;
  text: string;
  /** `next` of the page before. */
  cursor: string | undefined;
  limit: number;
}

/** Every function throws AppError 400, 404, 503. */
export function createListedPeople(options: ListedPeopleOptions) {
  const { people, contactCenters, users, sessions, search, secretBox, audit } = options;

  const directoryOf = async ({ environmentId }: ContactCenterView): Promise<Directory> => {
    const environment = await contactCenters.environment(environmentId);
    if (environment !== undefined) return environment.directory;
    throw unavailable(`the environment ${environmentId} of the contact centre, which does not exist`);
  };

  /** The caller waits for the answer, so it comes within seconds. */
  const asked = async <T>(directory: Directory, ask: (options: { signal: AbortSignal }) => Promise<T>) => {
    try {
      return await ask({ signal: AbortSignal.timeout(serverTimeoutMs) });
    } catch (cause) {
      const of = isOwnDirectory(directory) ? '' : ' of the contact centre';
      const message = `The ${peopleSources[directory].title}${of} does not answer; try again`;
      throw new AppError('temporarily_unavailable', 503, message, { retryAfterSeconds: 1, cause });
    }
  };

  const inspected = (actor: Actor, contactCenterId: string, purpose: 'people' | 'person', sub?: string) =>
    audit.write(
      helpDeskEventOf('access_inspected', actor, {
        ...definedOnly({ sub }),
        contactCenterId,
        fields: { purpose },
      }),
    );

  const nameIn = (cursor: string, contactCenterId: string): string => {
    try {
      return secretBox.open(cursor, cursorOf(contactCenterId)).toString();
    } catch {
      return refuseCursor();
    }
  };

  return {
    async list({ contactCenter, text, cursor, limit }: PeopleSearch, actor: Actor) {
      const place = await people.contactCenter(contactCenter, actor.within);
      const directory = await directoryOf(place);
      await inspected(actor, place.id, 'people');
      const after = cursor && nameIn(cursor, place.id);
      const terms = definedOnly({ text, after, limit });
      const page = await asked(directory, (within) => users.listing.search(place, terms, within));
      const answer: PeoplePage = {
        contactCenterId: place.id,
        ...allowedBy(directory),
        matching: page.isWholeNames ? 'whole names' : 'beginning',
        isCut: page.isCut,
        people: page.people.map(viewOf),
      };
      return { answer, next: page.next && secretBox.seal(page.next, cursorOf(place.id)) };
    },

    /** By `sub`: the person of the last login, as long as they have its name. */
    async read(named: PersonName, actor: Actor): Promise<PersonProfile> {
      const { userName, contactCenter: place } = await people.account(named, actor.within);
      const directory = await directoryOf(place);
      const person = await asked(directory, (within) => users.listing.findListed(place, userName, within));
      const isAnother = isSub(named) && person?.sub !== named.user.toLowerCase();
      await inspected(actor, place.id, 'person', person?.sub);
      if (person === undefined || isAnother) return unknownName({ userName, contactCenter: place });
      const { sub } = person;
      const signedIn = { name: 'login_succeeded', contactCenterId: place.id, limit: 1 };
      const [held, { events }, delays] = await Promise.all([
        sub === undefined ? [] : sessions.list({ contactCenterId: place.id, sub }),
        sub === undefined ? { events: [] } : search({ user: sub, ...signedIn }),
        users.delays.explain(place, person.userName),
      ]);
      const [last] = events;
      return definedOnly({
        contactCenterId: place.id,
        ...allowedBy(directory),
        person: viewOf(person),
        sessions: held.length,
        lastSignInAt: last && new Date(last.atMs).toISOString(),
        wrongPasswords: delays.refusals.length,
        waitSeconds: Math.ceil(delays.waitMs.elsewhere / 1000),
      });
    },
  };
}

/** The search may have stopped at somebody who belongs to another contact centre of the environment. */
function cursorOf(contactCenterId: string): SecretPlace {
  return { table: 'people', row: contactCenterId, column: 'cursor' };
}

function allowedBy(source: Directory) {
  const isOurs = isOwnDirectory(source);
  return { source, canDisable: isOurs, canUnlock: true, canLinkPassword: isOurs };
}

function viewOf({ storeId, dbid, firstName, lastName, ...person }: ListedPerson): ListedPersonView {
  const name = [firstName, lastName].filter(Boolean).join(' ');
  return definedOnly({ ...person, name: name === '' ? undefined : name, number: dbid, id: storeId });
}
