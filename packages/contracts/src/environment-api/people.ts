/** Describes what Auth API asks Environment API about people: numbers, persons of the people store, passwords. */
import { z } from 'zod';
import { label } from '../values/text.ts';
import { providerWay, type SignOnProtocol } from '../values/way-of-sign-in.ts';

/** As DBIDs go: a signed 32-bit number. */
const dbid = z.int().min(1).max(0x7fff_ffff);

export const maxNumbersAtOnce = 1_000;

/** `POST /environment/v3/internal/environments/{id}/person-numbers`: gives every id its number, a new one where it has none. */
export const numberPeopleBodySchema = z.object({
  /** `entryUUID` or `objectGUID` as lower-case text. */
  externalIds: z.array(label(255)).min(1).max(maxNumbersAtOnce),
  /** Answers those who have one; gives none to the others. */
  onlyKnown: z.boolean().default(false),
});

export const personNumberSchema = z.object({ externalId: z.string(), dbid });

/** Also `GET …/person-numbers?dbid=` (one or none) and `?after=&limit=` (in order of numbers). */
export const personNumbersSchema = z.object({ numbers: z.array(personNumberSchema) });

/** `GET /environment/v3/internal/environments/{id}/people?dbid=|userName=|email=|externalId=`: all that match, at most two. */
export const personViewSchema = z.object({
  /** The SCIM id. */
  id: z.guid(),
  dbid,
  /** Grows with every change of the person or of the groups that name them. */
  version: z.int(),
  userName: z.string(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  email: z.string().optional(),
  employeeId: z.string().optional(),
  externalId: z.string().optional(),
  isActive: z.boolean(),
  /** An argon2id hash, sealed; open it with `personPasswordPlace(id)`. Absent: no password is theirs. */
  passwordEnvelope: z.string().optional(),
  /** Unix seconds. */
  passwordChangedAt: z.int().optional(),
  /** ISO 8601: a link for the first password works until then. */
  passwordLinkEndsAt: z.string().optional(),
  /** Of the links to identity providers, as `linkIssuerOf` writes them. Environment API of the release before gives none. */
  linkIssuers: z.array(z.string()).optional(),
  /** Names of the groups that name the person. */
  groups: z.array(z.string()),
});

export const peopleSchema = z.object({ people: z.array(personViewSchema) });

/** `GET …/people/numbers?state=active|inactive&after=&limit=`: in order of numbers. */
export const peopleNumbersSchema = z.object({ dbids: z.array(dbid) });

/** `GET …/people/groups?after=&limit=`: the groups of everybody, in order of numbers. */
export const groupsOfPeopleSchema = z.object({
  people: z.array(personViewSchema.pick({ dbid: true, userName: true, isActive: true, groups: true })),
});

export const maxGroupsOfPeopleAtOnce = 1_000;

/** Of one search; an answer has at most as many. */
export const maxPeopleAtOnce = 50;

/** Orders of the people store. `-`: from the last one on. */
export const peopleSorts = [
  ...(['userName', '-userName', 'name', '-name'] as const),
  ...(['email', '-email', 'changed', '-changed'] as const),
] as const;
export type PeopleSort = (typeof peopleSorts)[number];

/**
 * `GET …/people/search?text=&sort=&after=&afterKey=&limit=`: in the order of user names, or as `sort` says. `after`, `afterKey`: user name
 * and `sortKey` of the last person of the page before.
 */
export const foundPeopleSchema = z.object({
  people: z.array(
    personViewSchema
      .pick({
        id: true,
        dbid: true,
        userName: true,
        firstName: true,
        lastName: true,
        email: true,
        isActive: true,
      })
      .extend({
        // Environment API of the release before gives none.
        hasPassword: z.boolean().optional(),
        changedAt: z.string().optional(),
        /** The value that `sort` compares before the user name, where it compares one. */
        sortKey: z.string().optional(),
        passwordLinkEndsAt: z.string().optional(),
        linkIssuers: z.array(z.string()).optional(),
      }),
  ),
});

/** Fewer characters stand in most names. */
export const minNamePart = 3;

/** `GET /environment/v3/internal/people/environments?text=&limit=`: whose people stores have somebody with that part of a name. */
export const environmentsOfPeopleSchema = z.object({
  environmentIds: z.array(z.guid()),
  /** There may be others. */
  isCut: z.boolean(),
});

/** `PUT …/people/{dbid}/password`. 409 where another change was faster than the one the caller has read. */
export const setPasswordBodySchema = z.object({
  /** An argon2id hash, sealed for `personPasswordPlace(id)`. */
  passwordEnvelope: label(1_024),
  /** The hash that the old password was compared with. */
  insteadOf: label(1_024),
});

export const passwordSetSchema = z.object({
  /** Unix seconds. */
  passwordChangedAt: z.int(),
});

/** Of the link by which a person chooses a first password; the code is in the request's body, never in a path. */
export const passwordLinkCodeSchema = z.object({ code: label(128) });

/** `POST /environment/v3/internal/password-links/read`. 404 for a code that is unknown, used or too old. */
export const passwordLinkSchema = z.object({
  environmentId: z.guid(),
  contactCenterId: z.guid(),
  person: personViewSchema,
  /** ISO 8601, UTC. */
  expiresAt: z.string(),
});

/** `POST /environment/v3/internal/password-links/redeem`: sets the password and ends the link, both or neither. */
export const redeemPasswordLinkBodySchema = passwordLinkCodeSchema.extend({
  passwordEnvelope: label(1_024),
});

/**
 * `POST /environment/v3/internal/contact-centers/{id}/sign-on-people`, where single sign-on creates people. 409 where the people
 * of the contact centre are not in the people store.
 */
export const signOnPersonBodySchema = z.object({
  issuer: label(2_048),
  subject: label(255),
  userName: label(255),
  firstName: label(255).optional(),
  lastName: label(255).optional(),
  /** One that the identity provider answers for. */
  email: label(255).optional(),
  /** Groups of the people store that the identity provider gives the person. */
  groups: z.array(label(255)).max(200).default([]),
  /** Names, address and groups of a person who is known follow the identity provider. */
  isFollowed: z.boolean().default(false),
  /** Creates and changes nobody. */
  isTrial: z.boolean().default(false),
});

/** The differences between a person and the word of an identity provider. */
const followedSchema = z.object({
  fields: z.array(z.enum(['firstName', 'lastName', 'email'])),
  /** Groups that the person comes into. */
  joined: z.array(z.string()),
  /** Groups that the identity provider gave, and no longer gives. */
  left: z.array(z.string()),
});

export const providedPersonSchema = z.object({
  /**
   * `new`: a sign-in would create the person. `deleted`: a person of this subject or name is kept after a deletion. `taken`: a
   * person whom the provider did not create has the name, or somebody linked the person who must not get a right that the person has. `limit`: too many people were created within an hour.
   */
  outcome: z.enum(['known', 'created', 'new', 'deleted', 'taken', 'limit']),
  userName: z.string().optional(),
  dbid: dbid.optional(),
  /** Absent where nothing differs. Written, unless `isTrial`. */
  changes: followedSchema.optional(),
});

/**
 * The issuer of a link. Of SAML with the protocol, because an entity id is any text: a provider of one protocol must not pass
 * for the one of another.
 */
export function linkIssuerOf(protocol: SignOnProtocol, issuer: string): string {
  return protocol === 'oidc' ? issuer : providerWay(protocol, issuer);
}

/** The reverse: an issuer of OpenID Connect is an address and has no space. */
export function readLinkIssuer(text: string): { protocol: SignOnProtocol; issuer: string } {
  const [, issuer] = /^saml (.*)$/s.exec(text) ?? [];
  return issuer === undefined ? { protocol: 'oidc', issuer: text } : { protocol: 'saml', issuer };
}

/** Where the password hash of a person is stored; the seal is bound to it. `id`: the SCIM id. */
export function personPasswordPlace(id: string) {
  return { table: 'environment.people', row: id, column: 'password' };
}

/** The id of a person in changes of environment data. The id of the environment alone stands for everybody in it. */
export function personChangeId(environmentId: string, dbid: number): string {
  return `${environmentId} ${dbid}`;
}

/** Undefined for an id of another form. */
export function readPersonChangeId(id: string): { environmentId: string; dbid: number } | undefined {
  const [environmentId = '', digits = ''] = id.split(' ');
  return /^[1-9][0-9]{0,9}$/.test(digits) ? { environmentId, dbid: Number(digits) } : undefined;
}

export type PersonNumber = z.infer<typeof personNumberSchema>;
export type FoundPersonView = z.infer<typeof foundPeopleSchema>['people'][number];
export type PersonView = z.infer<typeof personViewSchema>;
export type SignOnPerson = z.output<typeof signOnPersonBodySchema>;
export type ProvidedPerson = z.infer<typeof providedPersonSchema>;
export type FollowedChanges = z.infer<typeof followedSchema>;
export type PasswordLink = z.infer<typeof passwordLinkSchema>;
