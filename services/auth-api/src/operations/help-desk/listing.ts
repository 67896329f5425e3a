/** Lists people of a contact centre for an administrator, and shows one of them. */
import {
  type ListedPersonView,
  type ListedState,
  maxPeopleInPage,
  type PeoplePage,
  type PersonName,
  type PersonProfile,
  type SignInState,
} from '@gatehouse/contracts/auth-administration';
import {
  type ContactCenterView,
  type Directory,
  isOwnDirectory,
  type PeopleSort,
  peopleSources,
} from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { SecretBox, SecretPlace } from '@gatehouse/service-kit/crypto';
import { AppError, badRequest } from '@gatehouse/service-kit/errors';
import { refuseCursor } from '@gatehouse/service-kit/http';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { Actor } from '../../core/administration/actor.ts';
import type { ListedPerson } from '../../people/accounts/search.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { AuditFilter, StoredAuditEvent } from '../../records/audit/store.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { directoryOf, isSub, serverTimeoutMs, unknownName } from './accounts.ts';
import { helpDeskEventOf } from './events.ts';
import { createListedStates, type ListedStatesOptions } from './listed-states.ts';
import type { HelpDeskPeople } from './people.ts';

export interface ListedPeopleOptions extends ListedStatesOptions {
  people: Pick<HelpDeskPeople, 'contactCenter' | 'account'>;
  contactCenters: Pick<ContactCenterService, 'environment'>;
  users: Pick<UserService, 'listing' | 'delays' | 'isMember'>;
  sessions: Pick<SessionService, 'list'>;
  search(filter: AuditFilter): Promise<{ events: StoredAuditEvent[] }>;
  secretBox: Pick<SecretBox, 'seal' | 'open'>;
  audit: Pick<AuditWriter, 'write'>;
}

export interface PeopleSearch {
  contactCenter: string;
  text: string;
  /** Only those of this state. */
  signIn: ListedState | undefined;
  /** Undefined: in the order of user names, which every directory has. */
  sort: PeopleSort | undefined;
  /** `next` of the page before. */
  cursor: string | undefined;
  limit: number;
}

/** Every function throws AppError 400, 404, 503. */
export function createListedPeople(options: ListedPeopleOptions) {
  const { people, contactCenters, users, sessions, search, secretBox, audit } = options;
  const stateOf = createListedStates(options);

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

  const inspected = (
    actor: Actor,
    contactCenterId: string,
    purpose: 'people' | 'person',
    { sub, userName }: { sub?: string | undefined; userName?: string } = {},
  ) =>
    audit.write(
      helpDeskEventOf('access_inspected', actor, {
        ...definedOnly({ sub }),
        contactCenterId,
        fields: { purpose, ...definedOnly({ userName }) },
      }),
    );

  /** A directory knows no such filter: people are looked at in their order, so many for one answer, and the next page goes on there. */
  const filtered = async (
    { place, directory, text, signIn, sort, limit }: Filtered,
    after: string | undefined,
  ) => {
    const size = signIn === undefined ? limit : maxPeopleInPage;
    const people: ListedPersonView[] = [];
    for (let from = after, looks = 1; ; looks += 1) {
      const terms = definedOnly({ text, sort, after: from, limit: size });
      const page = await asked(directory, (within) => users.listing.search(place, terms, within));
      const states = await Promise.all(page.people.map((person) => stateOf(place, person)));
      for (const [index, person] of page.people.entries()) {
        const state = states[index] as SignInState;
        if (!isOf(signIn, state)) continue;
        people.push(viewOf(person, state));
        if (people.length === limit && index < page.people.length - 1)
          return { ...page, people, next: person.place ?? person.userName };
      }
      if (signIn === undefined || page.next === undefined || people.length === limit || looks === maxLooks)
        return { ...page, people };
      from = page.next;
    }
  };

  const placeIn = (cursor: string, of: SecretPlace): string => {
    try {
      return secretBox.open(cursor, of).toString();
    } catch {
      return refuseCursor();
    }
  };

  return {
    async list({ contactCenter, text, signIn, sort, cursor, limit }: PeopleSearch, actor: Actor) {
      const place = await people.contactCenter(contactCenter, actor.within);
      const directory = await directoryOf(contactCenters, place);
      if (sort !== undefined && !isOwnDirectory(directory)) throw notSorted(directory);
      await inspected(actor, place.id, 'people');
      const ofPage = cursorOf(place.id, sort);
      const after = cursor && placeIn(cursor, ofPage);
      const page = await filtered({ place, directory, text, signIn, sort, limit }, after);
      const answer: PeoplePage = {
        contactCenterId: place.id,
        ...allowedBy(directory),
        matching: page.isWholeNames ? 'whole names' : 'beginning',
        isCut: page.isCut,
        people: page.people,
      };
      return { answer, next: page.next && secretBox.seal(page.next, ofPage) };
    },

    /** By `sub`: the person of the last login, as long as they have its name. */
    async read(named: PersonName, actor: Actor): Promise<PersonProfile> {
      const { userName, contactCenter: place } = await people.account(named, actor.within);
      const directory = await directoryOf(contactCenters, place);
      const person = await asked(directory, (within) => users.listing.findListed(place, userName, within));
      const isAnother = isSub(named) && person?.sub !== named.user.toLowerCase();
      await inspected(actor, place.id, 'person', { sub: person?.sub, userName });
      if (person === undefined || isAnother) return unknownName({ userName, contactCenter: place });
      const { sub } = person;
      const signedIn: AuditFilter = { names: ['login_succeeded'], contactCenterId: place.id, limit: 1 };
      const [held, { events }, delays] = await Promise.all([
        sub === undefined ? [] : sessions.list({ contactCenterId: place.id, sub }),
        sub === undefined ? { events: [] } : search({ user: sub, ...signedIn }),
        users.delays.explain(place, person.userName),
      ]);
      const [last] = events;
      return definedOnly({
        contactCenterId: place.id,
        ...allowedBy(directory),
        person: viewOf(person, await stateOf(place, person)),
        sessions: held.length,
        lastSignInAt: last && new Date(last.atMs).toISOString(),
        wrongPasswords: delays.refusals.length,
        waitSeconds: Math.ceil(delays.waitMs.elsewhere / 1000),
      });
    },
  };
}

interface Filtered extends Pick<PeopleSearch, 'text' | 'signIn' | 'sort' | 'limit'> {
  place: ContactCenterView;
  directory: Directory;
}

/** Pages of the directory that one answer looks at. */
const maxLooks = 4;

function isOf(wanted: ListedState | undefined, { verdict, reason }: Partial<SignInState> = {}): boolean {
  return wanted === undefined || (reason ?? verdict) === wanted;
}

/** The search may have stopped at somebody who belongs to another contact centre of the environment. A page of another order begins elsewhere. */
function cursorOf(contactCenterId: string, sort: string | undefined): SecretPlace {
  return { table: 'people', row: contactCenterId, column: sort === undefined ? 'cursor' : `cursor ${sort}` };
}

function notSorted(directory: Directory) {
  return badRequest(
    `The ${peopleSources[directory].title} of the contact centre has its people in the order of their user names alone: leave sort out`,
    { field: 'sort' },
  );
}

function allowedBy(source: Directory) {
  const isOurs = isOwnDirectory(source);
  return { source, canDisable: isOurs, canUnlock: true, canLinkPassword: isOurs };
}

export function viewOf(person: ListedPerson, signIn: SignInState): ListedPersonView {
  const { storeId: id, dbid: number, userName, firstName, lastName, email, state, changedAt, sub } = person;
  const name = [firstName, lastName].filter(Boolean).join(' ') || undefined;
  return definedOnly({ userName, name, email, state, signIn, changedAt, number, sub, id });
}
