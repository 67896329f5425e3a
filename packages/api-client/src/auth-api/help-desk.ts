/** The calls of the help desk: sessions of a person, revocations, explanations. */
import {
  endedSessionsSchema,
  type PersonName,
  sessionsOfPersonSchema,
} from '@gatehouse/contracts/auth-api/administration/help-desk';
import { readData } from '../administration-calls.ts';
import type { HttpClient } from '../http-client.ts';

const ops = '/auth/v3/ops';

/** All calls throw UpstreamError. */
export function createHeldSessionCalls(http: HttpClient) {
  const path = `${ops}/sessions`;
  return {
    list: (named: PersonName) => readData(http, sessionsOfPersonSchema, { path, query: { ...named } }),
    /** Every session and token of the person, or one session with its tokens. */
    end: (named: PersonName, session?: string) =>
      readData(http, endedSessionsSchema, { method: 'DELETE', path, query: { ...named, session } }),
  };
}
