/** The calls of the lists of administrators: of the installation, and of each contact centre. */

import {
  administratorSchema,
  appointeeSchema,
  appointmentsSchema,
} from '@gatehouse/contracts/auth-administration';
import type { NewAdministrator, NewAppointment } from '@gatehouse/contracts/resources';
import { z } from 'zod';
import { readData, removeAt } from '../administration/administration-calls.ts';
import type { HttpClient } from '../http/http-client.ts';

// Once, outside of the functions: readData keeps what it makes of a schema.
const administrators = z.array(administratorSchema);

/** All calls throw UpstreamError. */
export function createAdministratorCalls(http: HttpClient) {
  const all = '/auth/v3/ops/administrators';
  return {
    list: () => readData(http, administrators, { path: all }),
    add: (data: NewAdministrator) =>
      readData(http, administratorSchema, { method: 'POST', path: all, json: { data } }),
    remove: (sub: string) => removeAt(http, `${all}/${encodeURIComponent(sub)}`),
  };
}

/** The list of a contact centre. All calls throw UpstreamError. */
export function createAppointmentCalls(http: HttpClient, contactCenterId: string) {
  const all = `/auth/v3/ops/contact-centers/${encodeURIComponent(contactCenterId)}/administrators`;
  return {
    read: () => readData(http, appointmentsSchema, { path: all }),
    add: (data: NewAppointment) =>
      readData(http, appointeeSchema, { method: 'POST', path: all, json: { data } }),
    /** Whether administrators of the contact centre change the list. */
    allow: (administratorsAppoint: boolean) =>
      readData(http, appointmentsSchema, {
        method: 'PATCH',
        path: all,
        json: { data: { administratorsAppoint } },
      }),
    /** `evenLast`: also the last administrator of the list, which is 409 otherwise. */
    remove: (sub: string, evenLast: boolean) =>
      removeAt(http, `${all}/${encodeURIComponent(sub)}`, { evenLast: String(evenLast) }),
  };
}
