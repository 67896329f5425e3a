/** Keeps contact centres from deciding who an administrator of the installation is. */
import { type HttpClient, UpstreamError } from '@gatehouse/api-client/http';
import { emptyEnvelope, envelopeOf } from '@gatehouse/contracts/answers';
import {
  type AdministratorPlaceQuestion,
  administratorPlaceSchema,
  contactCenterEndsPath,
} from '@gatehouse/contracts/auth-api';
import { type ContactCenterRight, contactCenterRightNames } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { forbidden, unavailable } from '@gatehouse/service-kit/errors';
import type { z } from 'zod';
import { type Caller, kindsOf, readsAll } from './caller.ts';

const path = '/auth/v3/internal/administrator-places';
const maxKnown = 10_000;
const answer = envelopeOf(administratorPlaceSchema);

type Place = z.output<typeof administratorPlaceSchema>;

export type AdministratorPlaces = ReturnType<typeof createAdministratorPlaces>;

/** `http` authenticates with the service client. That nobody has a right at a contact centre is believed for `ttlMs`. */
export function createAdministratorPlaces({
  http,
  now,
  ttlMs,
}: {
  http: HttpClient;
  now: Clock;
  ttlMs: number;
}) {
  // A right that is given meanwhile: the change, or the use of a link, goes through as it would have a moment before the right.
  const without = new Map<string, number>();

  /** @throws AppError 503 when Auth API cannot tell: the change does not go through then */
  async function ask(question: AdministratorPlaceQuestion) {
    const { contactCenterId } = question;
    if ((without.get(contactCenterId) ?? 0) > now()) return undefined;
    const until = now() + ttlMs;
    try {
      const json = { data: question };
      const { data: place } = await http.read(answer, {
        method: 'POST',
        path,
        json,
        maySendTwice: true,
      });
      if (without.size >= maxKnown) without.clear();
      if (place.hasAdministrators || place.hasList || place.groups.length > 0) return place;
      without.set(contactCenterId, until);
      return undefined;
    } catch (error) {
      throw unanswered(error, `whether administrators are in the contact centre ${contactCenterId}`);
    }
  }

  return {
    /** For what lets somebody speak for the people of the contact centre. @throws AppError 403, 503 */
    async requireOthers(caller: Caller, contactCenterId: string): Promise<void> {
      if (writesEverywhere(caller) || !(await ask({ contactCenterId }))?.hasAdministrators) return;
      throw ofAdministrators('An administrator of the installation signs in at this contact centre');
    },
    /** For the record and the password of one person. @throws AppError 403, 503 */
    async requireOther(caller: Caller, contactCenterId: string, person: NumberedPerson): Promise<void> {
      if (writesEverywhere(caller)) return;
      const place = await ask({ contactCenterId, dbid: person.dbid });
      if (place?.isAdministrator)
        throw ofAdministrators('This person is an administrator of the installation');
      if (place === undefined || !hasRightBeyond(place, person, reachOf(caller))) return;
      throw forbidden(
        'This person has a right at the console that this caller must not get: this is changed by an administrator of the contact centre',
        { reason: 'person_with_right' },
      );
    },
    /**
     * Before a contact centre is made under the id of a deleted one: what its people hold ends at Auth API, which may not have
     * heard of the deletion. @throws AppError 503
     */
    async endFormer(contactCenterId: string): Promise<void> {
      const json = { data: { contactCenterId } };
      const request = { method: 'POST', path: contactCenterEndsPath, json, maySendTwice: true } as const;
      await http.read(emptyEnvelope, request).catch((error: unknown) => {
        throw unanswered(error, `the end of the contact centre ${contactCenterId}`);
      });
      without.delete(contactCenterId);
    },
    /** Whether a link works for the person, as its maker might make it now. @throws AppError 503 */
    async isReached(maker: LinkMaker, contactCenterId: string, person: NumberedPerson): Promise<boolean> {
      if (maker === 'installation') return true;
      const place = await ask({ contactCenterId, dbid: person.dbid });
      if (place === undefined) return true;
      return (
        !place.isAdministrator && (maker === 'contact centre' || !hasRightBeyond(place, person, nothing))
      );
    },
  };
}

function unanswered(error: unknown, asked: string): unknown {
  if (!(error instanceof UpstreamError)) return error;
  return unavailable('Auth API', { cause: error, detail: `${asked}: ${error.message}` });
}

/** A person of the people store, with the names of their groups. */
export interface NumberedPerson {
  dbid: number;
  groups: readonly string[];
}

/** The rights that a caller may come to hold by the password of somebody else. */
interface Reach {
  rights: ReadonlySet<ContactCenterRight>;
  /** Also by a mapping of groups: the caller writes groups. */
  byGroups: boolean;
}

const nothing: Reach = { rights: new Set(), byGroups: false };

function hasRightBeyond({ rights, groups }: Place, person: NumberedPerson, reach: Reach): boolean {
  if (rights.some((right) => !reach.rights.has(right))) return true;
  return !reach.byGroups && person.groups.some((name) => groups.includes(name));
}

/** The maker of a password link, as far as its use depends on that. */
export type LinkMaker = 'installation' | 'contact centre' | 'anybody';

export function linkMakerOf(caller: Caller): LinkMaker {
  if (writesEverywhere(caller)) return 'installation';
  return reachOf(caller).rights.has('administrator') ? 'contact centre' : 'anybody';
}

function reachOf(caller: Caller): Reach {
  switch (kindsOf(caller)[0]) {
    case 'contact-centre administrator':
    case 'managing bound client':
      return { rights: new Set(contactCenterRightNames), byGroups: true };
    // A program that provisions people also disables those of the help desk when they leave.
    case 'SCIM key':
      return { rights: new Set(['help-desk', 'auditor']), byGroups: true };
    default:
      return nothing;
  }
}

function writesEverywhere(caller: Caller): boolean {
  return caller.writes && readsAll(caller);
}

function ofAdministrators(fact: string) {
  return forbidden(
    `${fact}: this is changed by the operator, another administrator of the installation, or a managing client that is bound to no contact centre`,
    { reason: 'place_of_administrators' },
  );
}
