/** The part of Environment API's stand-in that has people: answers as the people store does. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { PersonView, ProvidedPerson } from '@gatehouse/contracts/environment-api';
import { beginsWith, compareUserNames } from '@gatehouse/people-directory';

interface Link {
  environmentId: string;
  contactCenterId: string;
  dbid: number;
}

interface PeopleAnswer {
  status: number;
  data?: unknown;
}

function searched(all: PersonView[], { text = '', after, limit }: Record<string, string>) {
  const people = all
    .filter((person) => beginsWith(person, text))
    .filter(({ userName }) => after === undefined || compareUserNames(userName, after) > 0)
    .toSorted((one, other) => compareUserNames(one.userName, other.userName));
  const found = people.slice(0, Number(limit));
  return {
    people: found.map((person) => ({ ...person, hasPassword: person.passwordEnvelope !== undefined })),
  };
}

export type PeopleStandIn = ReturnType<typeof createPeopleStandIn>;

const internal = '/environment/v3/internal';
const path = new RegExp(`^${internal}/environments/([^/]+)/people(?:/([^/]+)(/password)?)?$`);

export function createPeopleStandIn() {
  const persons = new Map<string, PersonView[]>();
  const links = new Map<string, Link>();
  const find = ({ environmentId, dbid }: Pick<Link, 'environmentId' | 'dbid'>) =>
    persons.get(environmentId)?.find((person) => person.dbid === dbid);

  const bodyOf = async (request: IncomingMessage) => JSON.parse(await text(request)).data;
  const setPassword = (person: PersonView, passwordEnvelope: string): PeopleAnswer => {
    const passwordChangedAt = Math.floor(Date.now() / 1000);
    Object.assign(person, {
      passwordEnvelope,
      passwordChangedAt,
      version: person.version + 1,
    });
    return { status: 200, data: { passwordChangedAt } };
  };

  async function changePassword(request: IncomingMessage, person: PersonView | undefined) {
    const { passwordEnvelope, insteadOf } = await bodyOf(request);
    if (standIn.isReadOnly) return { status: 403, data: 'read_only_region' };
    if (!person?.isActive) return { status: 404 };
    if (standIn.hashOf(person) !== insteadOf) return { status: 409 };
    return setPassword(person, passwordEnvelope);
  }

  async function useLink(request: IncomingMessage, isRead: boolean): Promise<PeopleAnswer> {
    const { code, passwordEnvelope } = await bodyOf(request);
    if (!isRead && standIn.isReadOnly) return { status: 403, data: 'read_only_region' };
    const link = links.get(code);
    const person = link && find(link);
    if (!link || !person?.isActive) return { status: 404 };
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    if (isRead) return { status: 200, data: { ...link, person, expiresAt } };
    links.delete(code);
    return setPassword(person, passwordEnvelope);
  }

  /** Of the one people store that a test has. */
  async function signOn(request: IncomingMessage): Promise<PeopleAnswer> {
    const { issuer, subject, userName, isTrial, groups, isFollowed, ...names } = await bodyOf(request);
    standIn.askedFor.push({ issuer, subject, userName, isTrial, groups, isFollowed, ...names });
    const [people] = [...persons.values()];
    if (people === undefined) return { status: 409, data: null };
    const key = `${issuer} ${subject}`;
    const known = people.find(({ dbid }) => dbid === standIn.provided.get(key));
    if (known) {
      const { changes } = standIn;
      if (changes !== undefined && !isTrial) Object.assign(known, names, { version: known.version + 1 });
      const { userName, dbid } = known;
      return { status: 200, data: { outcome: 'known', userName, dbid, changes } };
    }
    if (standIn.refuses !== undefined) return { status: 200, data: { outcome: standIn.refuses } };
    if (isTrial) return { status: 200, data: { outcome: 'new' } };
    const dbid = 900 + people.length;
    people.push({ id: randomUUID(), dbid, version: 1, isActive: true, groups, userName, ...names });
    standIn.provided.set(key, dbid);
    return { status: 200, data: { outcome: 'created', userName, dbid } };
  }

  const standIn = {
    /** As the release before, which has no list of groups. */
    hidesGroups: false,
    /** Numbers by issuer and subject. */
    provided: new Map<string, number>(),
    /** What every single sign-on of somebody new is answered. */
    refuses: undefined as ProvidedPerson['outcome'] | undefined,
    /** What of a person who is known differs from what the identity provider says. */
    changes: undefined as ProvidedPerson['changes'],
    askedFor: [] as object[],
    persons,
    links,
    isReadOnly: false,
    /** Opens the seal of a password. */
    hashOf: (_person: PersonView): string | undefined => undefined,
    find,
    /** Undefined for a path of something else. */
    answer(request: IncomingMessage, url: URL): Promise<PeopleAnswer> | undefined {
      if (url.pathname === `${internal}/password-links/read`) return useLink(request, true);
      if (url.pathname === `${internal}/password-links/redeem`) return useLink(request, false);
      if (url.pathname.endsWith('/sign-on-people')) return signOn(request);
      if (url.pathname === `${internal}/people/environments`) {
        const part = (url.searchParams.get('text') ?? '').toLowerCase();
        const environmentIds = [...persons].flatMap(([id, all]) =>
          all.some(({ userName }) => userName.toLowerCase().includes(part)) ? id : [],
        );
        return Promise.resolve({ status: 200, data: { environmentIds, isCut: false } });
      }
      const [isOfPeople, environment = '', part, isPassword] = path.exec(url.pathname) ?? [];
      if (!isOfPeople) return undefined;
      if (isPassword)
        return changePassword(request, find({ environmentId: environment, dbid: Number(part) }));
      const all = persons.get(environment) ?? [];
      const query = Object.fromEntries(url.searchParams);
      if (part === 'numbers') {
        const isActive = query['state'] === 'active';
        const dbids = all.filter((person) => person.isActive === isActive).map(({ dbid }) => dbid);
        return Promise.resolve({
          status: 200,
          data: {
            dbids: dbids.filter((dbid) => dbid > Number(query['after'])).slice(0, Number(query['limit'])),
          },
        });
      }
      if (part === 'groups') {
        if (standIn.hidesGroups) return Promise.resolve({ status: 404 });
        const after = all.filter(({ dbid }) => dbid > Number(query['after']));
        return Promise.resolve({ status: 200, data: { people: after.slice(0, Number(query['limit'])) } });
      }
      if (part === 'search') return Promise.resolve({ status: 200, data: searched(all, query) });
      const [[field = '', value = ''] = []] = Object.entries(query);
      const people = all.filter(
        (person) => String(person[field as keyof PersonView]).toLowerCase() === value.toLowerCase(),
      );
      return Promise.resolve({ status: 200, data: { people } });
    },
  };
  return standIn;
}
