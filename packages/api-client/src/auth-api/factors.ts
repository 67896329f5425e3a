/** The calls of administrators about the second factors of a person. */
import {
  endedDevicesSchema,
  endedFactorsSchema,
  type FactorOrder,
  factorInvitationSchema,
  factorsOfPersonSchema,
  type PersonName,
} from '@gatehouse/contracts/auth-administration';
import { readData } from '../administration/administration-calls.ts';
import type { HttpClient } from '../http/http-client.ts';

/** All calls throw UpstreamError. */
export function createFactorCalls(http: HttpClient) {
  const path = '/auth/v3/ops/people/factors';
  return {
    read: (named: PersonName) => readData(http, factorsOfPersonSchema, { path, query: { ...named } }),
    /** Takes every factor away; sessions, tokens and remembered browsers end. */
    reset: (data: FactorOrder) =>
      readData(http, endedFactorsSchema, { method: 'POST', path: `${path}/reset`, json: { data } }),
    /** The code is shown this once. */
    invite: (data: FactorOrder) =>
      readData(http, factorInvitationSchema, { method: 'POST', path: `${path}/invitation`, json: { data } }),
    /** Every remembered browser, or one. */
    endDevices: (named: PersonName, device?: string) =>
      readData(http, endedDevicesSchema, {
        method: 'DELETE',
        path: `${path}/devices`,
        query: { ...named, device },
      }),
  };
}
