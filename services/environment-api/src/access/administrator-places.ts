/** Keeps contact centres from deciding who an administrator of the installation is. */
import { readData } from '@gatehouse/api-client/administration';
import { type HttpClient, UpstreamError } from '@gatehouse/api-client/http';
import { type AdministratorPlaceQuestion, administratorPlaceSchema } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { forbidden, unavailable } from '@gatehouse/service-kit/errors';
import { type Caller, readsAll } from './caller.ts';

const path = '/auth/v3/internal/administrator-places';
const maxKnown = 10_000;

export type AdministratorPlaces = ReturnType<typeof createAdministratorPlaces>;

/** `http` authenticates with the service client. That a contact centre has no administrators is believed for `ttlMs`. */
export function createAdministratorPlaces({
  http,
  now,
  ttlMs,
}: {
  http: HttpClient;
  now: Clock;
  ttlMs: number;
}) {
  const without = new Map<string, number>();

  /** @throws AppError 503 when Auth API cannot tell: the change does not go through then */
  async function ask(question: AdministratorPlaceQuestion) {
    const { contactCenterId } = question;
    if ((without.get(contactCenterId) ?? 0) > now()) return undefined;
    const until = now() + ttlMs;
    try {
      const json = { data: question };
      const place = await readData(http, administratorPlaceSchema, {
        method: 'POST',
        path,
        json,
        maySendTwice: true,
      });
      if (without.size >= maxKnown) without.clear();
      if (place.hasAdministrators) return place;
      without.set(contactCenterId, until);
      return undefined;
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      const detail = `whether administrators are in the contact centre ${contactCenterId}: ${error.message}`;
      throw unavailable('Auth API', { cause: error, detail });
    }
  }

  /** @throws AppError 503 */
  async function isAdministrator(contactCenterId: string, dbid: number): Promise<boolean> {
    return (await ask({ contactCenterId, dbid }))?.isAdministrator === true;
  }

  return {
    /** For what lets somebody speak for the people of the contact centre. @throws AppError 403, 503 */
    async requireOthers(caller: Caller, contactCenterId: string): Promise<void> {
      if (writesEverywhere(caller) || (await ask({ contactCenterId })) === undefined) return;
      throw ofAdministrators('An administrator of the installation signs in at this contact centre');
    },
    /** For the record and the password of one person. @throws AppError 403, 503 */
    async requireOther(caller: Caller, contactCenterId: string, dbid: number): Promise<void> {
      if (writesEverywhere(caller) || !(await isAdministrator(contactCenterId, dbid))) return;
      throw ofAdministrators('This person is an administrator of the installation');
    },
    isAdministrator,
  };
}

export function writesEverywhere(caller: Caller): boolean {
  return caller.writes && readsAll(caller);
}

function ofAdministrators(fact: string) {
  return forbidden(
    `${fact}: this is changed by the operator, another administrator of the installation, or a managing client that is bound to no contact centre`,
    { reason: 'place_of_administrators' },
  );
}
