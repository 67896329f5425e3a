/** Finds the things that a field of a form can name, and the names of those that it names. */
import { createClientAdministration } from '@gatehouse/api-client/auth-api';
import {
  createContactCenterAdministration,
  createEnvironmentAdministration,
  createLocationAdministration,
  createPeopleAdministration,
} from '@gatehouse/api-client/environment-api';
import type { ClientView } from '@gatehouse/contracts/auth-administration';
import type { ContactCenter, Environment } from '@gatehouse/contracts/environment-administration';
import type { Reference } from '@gatehouse/contracts/resource';
import { z } from 'zod';
import { isTextKey } from '../../texts/texts.ts';
import type { FieldOption } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

export interface Found {
  options: readonly FieldOption[];
  isCut: boolean;
}

/** All calls throw UpstreamError. */
interface Source {
  find: (visit: ConsoleVisit, words: string, limit: number) => Promise<Found>;
  /** Undefined: it names itself. */
  read?: (visit: ConsoleVisit, value: string) => Promise<FieldOption>;
}

const ofCenter = ({ id, name, domains }: ContactCenter): FieldOption => ({
  value: id,
  label: name,
  hint: domains[0],
});
const ofClient = ({ client_id, name }: ClientView): FieldOption => ({
  value: client_id,
  label: name,
  hint: name === client_id ? undefined : client_id,
});
const ofEnvironment = ({ id, name }: Environment): FieldOption => ({ value: id, label: name ?? id });

interface Page<Row> {
  rows: readonly Row[];
  nextCursor?: string | undefined;
}

const foundIn = <Row>({ rows, nextCursor }: Page<Row>, optionOf: (row: Row) => FieldOption): Found => ({
  options: rows.map(optionOf),
  isCut: nextCursor !== undefined,
});

const centers = ({ environmentApi }: ConsoleVisit) => createContactCenterAdministration(environmentApi);
const clients = ({ authApi }: ConsoleVisit) => createClientAdministration(authApi);
const environments = ({ environmentApi }: ConsoleVisit) => createEnvironmentAdministration(environmentApi);

const query = (words: string, limit: number) => ({ search: words || undefined, limit: String(limit) });

/** Those that Auth API knows. Others are typed: each application may have its own. */
const knownScopes = ['*', 'openid', 'profile', 'email', 'roles', 'groups', 'offline_access'];

const sources: Partial<Record<Reference, Source>> = {
  contactCenter: {
    find: async (visit, words, limit) =>
      foundIn(await centers(visit).page({ ...query(words, limit), sort: 'name' }), ofCenter),
    async read(visit, named) {
      if (z.guid().safeParse(named).success) return ofCenter(await centers(visit).read(named));
      const { rows } = await centers(visit).page({ domain: named, limit: '1' });
      return rows[0] === undefined ? { value: named, label: named } : ofCenter(rows[0]);
    },
  },
  client: {
    find: async (visit, words, limit) =>
      foundIn(await clients(visit).page({ ...query(words, limit), sort: 'name' }), ofClient),
    read: async (visit, id) => ofClient(await clients(visit).read(id)),
  },
  environment: {
    find: async (visit, words, limit) =>
      foundIn(await environments(visit).page(query(words, limit)), ofEnvironment),
    read: async (visit, id) => ofEnvironment(await environments(visit).read(id)),
  },
  location: {
    async find({ environmentApi }, words, limit) {
      const all = await createLocationAdministration(environmentApi).list();
      return amongAll(
        all.map(({ location }) => ({ value: location, label: location })),
        words,
        limit,
      );
    },
  },
  scope: {
    async find({ text }, words, limit) {
      const all = knownScopes.map((value) => {
        const key = `console.scope.${value === '*' ? 'all' : value}`;
        return { value, label: value, hint: isTextKey(key) ? text(key) : undefined };
      });
      return amongAll(all, words, limit);
    },
  },
};

/** Those whose name has the words, in any case. */
export function amongAll(all: readonly FieldOption[], words: string, limit: number): Found {
  const wanted = words.toLowerCase();
  const found = all.filter(({ value, label }) => `${label}\n${value}`.toLowerCase().includes(wanted));
  return { options: found.slice(0, limit), isCut: found.length > limit };
}

/** Groups of the people store of a contact centre. @throws UpstreamError (409) where its people are elsewhere */
export async function groupNames(
  { environmentApi }: ConsoleVisit,
  contactCenterId: string,
): Promise<string[]> {
  const groups = await createPeopleAdministration(environmentApi, contactCenterId).groups();
  return groups.map(({ displayName }) => displayName).sort();
}

export const sourceOf = (reference: Reference | undefined): Source | undefined =>
  reference && sources[reference];
