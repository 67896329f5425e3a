/** Remembers which scopes a user agreed to give a client, until the user takes it back. */
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { isWithinScope } from '../protocol/parameters.ts';
import { addConsent, countConsents, deleteConsent, findConsent, listConsents } from './store.ts';

export interface RequestedConsent {
  clientId: string;
  scope: string[];
}

export type ConsentService = ReturnType<typeof createConsentService>;

/** Every method rejects while PostgreSQL is away; the error handlers answer 503. */
export function createConsentService(db: Queryable, writer: Queryable) {
  return {
    /** Tells whether the user has agreed to all of the scope before. */
    async covers(sub: string, { clientId, scope }: RequestedConsent): Promise<boolean> {
      const given = await findConsent(db, sub, clientId);
      return given !== undefined && isWithinScope(scope, given);
    },
    /** What the user agreed to, the newest first. */
    list: (sub: string) => listConsents(db, sub),
    /** How many users have agreed to something for a client. */
    count: (clientId: string) => countConsents(db, clientId),
    /** Forgets it: the user is asked again. False: there was none. */
    forget: (sub: string, clientId: string) => deleteConsent(writer, sub, clientId),
    /** Adds the scope to what the user agreed to before. */
    give: (sub: string, { clientId, scope }: RequestedConsent) => addConsent(writer, sub, clientId, scope),
  };
}
