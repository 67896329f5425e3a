/** Sets the first password of a person of the people store by the link that an administrator made. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import { isOfReadOnlyRegion, UpstreamError } from '@gatehouse/api-client/http';
import { brokenPasswordRules } from '@gatehouse/caller-auth/credentials';
import type { FirstPasswordView } from '@gatehouse/contracts/auth-api';
import type { PasswordLink } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { AppError } from '@gatehouse/service-kit/errors';
import { createAddressLimiter } from '@gatehouse/service-kit/limits';
import { mapFailure, policyError } from '../../people/directories/map-failure.ts';
import { SignInError } from '../../people/directories/sign-in-error.ts';
import type { PeopleStore } from '../../people/people-store/compose.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { subjectOf, subjectPlaceOf } from '../../registry/contact-centers/subjects.ts';

export interface FirstPassword {
  code: string;
  newPassword: string;
  /** Only pages ask for it twice. */
  newPasswordAgain?: string | undefined;
}

export interface FirstPasswordOptions {
  environmentApi: Pick<EnvironmentApiClient, 'readPasswordLink' | 'redeemPasswordLink'>;
  contactCenters: Pick<ContactCenterService, 'find'>;
  peopleStore: Pick<PeopleStore, 'persons' | 'passwords'>;
  audit: AuditWriter;
  /** Writes events of links that are over: whoever invents codes must not fill the audit trail. */
  refused: Pick<AuditWriter, 'write'>;
  now: Clock;
}

interface Request {
  id: string;
  ip: string;
}

export type FirstPasswordService = ReturnType<typeof createFirstPasswordService>;

const codeShape = /^[A-Za-z0-9_-]{43}$/;
/** Nobody guesses 256 bits; each attempt costs hashes and questions. */
const attempts = { attempts: 20, windowMs: 60_000 };

export function createFirstPasswordService(options: FirstPasswordOptions) {
  const { environmentApi, contactCenters, peopleStore, audit, refused, now } = options;
  const limiter = createAddressLimiter({ ...attempts, now });

  /** @throws AppError `link_over` (404), SignInError `try_again` */
  async function readLink(code: string): Promise<PasswordLink> {
    if (!codeShape.test(code)) throw linkOver();
    return environmentApi.readPasswordLink(code).catch(asRefusal);
  }

  /** @throws SignInError `password_policy`, `password_change_unavailable`, `try_again`; AppError `link_over` */
  async function redeem({ environmentId, person }: PasswordLink, code: string, newPassword: string) {
    const { persons, passwords } = peopleStore;
    const { userName } = person;
    const requireRules = (isPresent: boolean) => {
      const rules = brokenPasswordRules(newPassword, { userName, isPresent });
      if (rules.length > 0) throw policyError(rules);
    };
    // First by what costs nothing: a text of any length may come.
    requireRules(false);
    const hash = passwords.hashOf(person);
    requireRules(hash !== undefined && (await passwords.matches(hash, newPassword)));
    const passwordEnvelope = await passwords.seal(person, newPassword);
    await environmentApi.redeemPasswordLink({ code, passwordEnvelope }).catch(asRefusal);
    persons.forget(environmentId, person.dbid);
  }

  /** Undefined while the contact centre cannot be read. */
  const placeOf = ({ contactCenterId }: PasswordLink) =>
    contactCenters.find(contactCenterId).catch(() => undefined);

  async function subjectAt(link: PasswordLink): Promise<string | undefined> {
    const { person } = link;
    const place = await placeOf(link);
    return place && subjectOf(subjectPlaceOf(place), person.dbid);
  }

  function reserve(address: string): void {
    try {
      limiter.reserve(address);
    } catch (error) {
      const { retryAfterSeconds } = error as AppError;
      throw new SignInError('throttled', {
        retryAfterSeconds,
        detail: `too many first passwords from ${address}`,
      });
    }
  }

  return {
    /** The person of the link. @throws AppError `link_over` (404), SignInError `try_again` */
    async read(code: string): Promise<FirstPasswordView> {
      const link = await readLink(code);
      const place = await placeOf(link);
      return definedOnly({ userName: link.person.userName, tenant: place?.domains[0] });
    },
    /** Signs nobody in: who comes by the link is not known to be the person. @throws AppError, SignInError */
    async set({ id, ip }: Request, { code, newPassword, newPasswordAgain }: FirstPassword): Promise<void> {
      reserve(ip);
      if (newPasswordAgain !== undefined && newPasswordAgain !== newPassword)
        throw new SignInError('passwords_differ');
      const facts = { correlationId: id, clientAddress: ip };
      let link: PasswordLink | undefined;
      try {
        link = await readLink(code);
        await redeem(link, code, newPassword);
      } catch (error) {
        const reason = error instanceof AppError ? error : mapFailure(error).error;
        await (link === undefined ? refused : audit).write({
          name: 'first_password_refused',
          outcome: 'failure',
          ...facts,
          ...(link && { contactCenterId: link.contactCenterId }),
          fields: { reason: reason.name, ...(link && { userName: link.person.userName }) },
        });
        throw reason;
      }
      limiter.release(ip);
      await audit.write({
        name: 'first_password_set',
        outcome: 'success',
        ...facts,
        ...definedOnly({ sub: await subjectAt(link) }),
        contactCenterId: link.contactCenterId,
        fields: { userName: link.person.userName },
      });
    },
  };
}

/** One answer for every reason: a stranger learns nothing about people. */
function linkOver() {
  return new AppError('link_over', 404, 'The link is unknown, used or too old; ask for a new one');
}

function asRefusal(error: unknown): never {
  if (!(error instanceof UpstreamError)) throw error;
  if (error.status === 404 || error.status === 400) throw linkOver();
  if (isOfReadOnlyRegion(error))
    throw new SignInError('password_change_unavailable', {
      detail: 'the people store of this region is read-only: the link works in the writable region',
      retryAfterSeconds: 60,
    });
  throw new SignInError('try_again', {
    detail: 'Environment API does not answer',
    retryAfterSeconds: 2,
    cause: error,
  });
}
