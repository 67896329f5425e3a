/** Defines a person and a group of the people store, and how changes of them are audited: by the names of their fields alone. */
import { diff, type FieldChanges, hiddenValue } from '@gatehouse/service-kit/changes';

export interface PersonFields {
  userName: string;
  externalId?: string | undefined;
  firstName?: string | undefined;
  lastName?: string | undefined;
  employeeId?: string | undefined;
  isActive: boolean;
  /** Attributes that the service only keeps, by SCIM names. */
  attributes: Readonly<Record<string, unknown>>;
}

export interface Person extends PersonFields {
  /** The SCIM id. */
  id: string;
  dbid: number;
  version: number;
  /** An argon2id hash, sealed. */
  passwordEnvelope?: string | undefined;
  /** ISO 8601, UTC. */
  createdAt: string;
  updatedAt: string;
  /** `provider`: the issuer that gave the group, where no administrator or program did. */
  groups: { id: string; name: string; provider?: string }[];
}

export interface GroupFields {
  name: string;
  externalId?: string | undefined;
}

export interface Group extends GroupFields {
  id: string;
  version: number;
  createdAt: string;
  updatedAt: string;
  memberCount: number;
}

/** A contact centre whose people are in the store. */
export interface Home {
  contactCenterId: string;
  environmentId: string;
}

/** The fields that are written; the others come from the database. */
export function fieldsOf(person: PersonFields): PersonFields {
  const { userName, externalId, firstName, lastName, employeeId, isActive, attributes } = person;
  return { userName, externalId, firstName, lastName, employeeId, isActive, attributes };
}

/** Every e-mail address; the first is the one that tokens show and that sign-ins by address are found by. */
export function addressesOf({ attributes }: Pick<PersonFields, 'attributes'>): string[] {
  const emails = (attributes['emails'] ?? []) as { value?: string; type?: string; primary?: boolean }[];
  const rank = ({ primary, type }: { primary?: boolean; type?: string }) =>
    primary === true ? 0 : type === 'work' ? 1 : 2;
  const ranked = emails.toSorted((left, right) => rank(left) - rank(right));
  return ranked.flatMap(({ value }) => value ?? []);
}

/** The trail outlives people who ask to be forgotten, so it holds no value of them. */
export function namesOfChanges(before: object | undefined, after: object | undefined): FieldChanges {
  const changes = diff(flat(before), flat(after));
  return Object.fromEntries(
    Object.entries(changes).map(([name, change]) => [
      name,
      Object.fromEntries(Object.keys(change).map((side) => [side, hiddenValue])),
    ]),
  );
}

/** Attributes count one by one. */
function flat(fields: (object & { attributes?: object }) | undefined): Record<string, unknown> | undefined {
  if (fields === undefined) return undefined;
  const { attributes, ...rest } = fields;
  return { ...attributes, ...rest };
}
