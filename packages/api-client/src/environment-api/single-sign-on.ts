/** The calls that administrate the single sign-on settings of contact centres. */
import type { OidcChange, SamlChange } from '@gatehouse/contracts/resources';
import type { SignOnProtocol } from '@gatehouse/contracts/values';
import { z } from 'zod';
import { readData, readTagged, removeAt } from '../administration/administration-calls.ts';
import type { HttpClient } from '../http/http-client.ts';

/** The fields of a change, by protocol. */
export interface SignOnChange extends Record<SignOnProtocol, object> {
  saml: SamlChange;
  oidc: OidcChange;
}

/** The fields that a command reads. All others are kept as the API answers them. */
const settingsSchema = z.looseObject({ location: z.string(), enabled: z.boolean() });
const settingsOfCenter = z.array(settingsSchema);

export type SignOnRecord = z.infer<typeof settingsSchema>;

/** All calls throw UpstreamError. */
export function createSingleSignOnAdministration(http: HttpClient) {
  const path = (contactCenterId: string, protocol: SignOnProtocol) =>
    `/environment/v3/contact-centers/${encodeURIComponent(contactCenterId)}/${protocol}`;
  return {
    /** Of all locations. */
    list: (contactCenterId: string, protocol: SignOnProtocol) =>
      readData(http, settingsOfCenter, { path: path(contactCenterId, protocol) }),
    /** `etag` is that of the contact centre, whose version covers these settings. */
    listTagged: (contactCenterId: string, protocol: SignOnProtocol) =>
      readTagged(http, settingsOfCenter, path(contactCenterId, protocol)),
    remove: (contactCenterId: string, protocol: SignOnProtocol, location: string) =>
      removeAt(http, path(contactCenterId, protocol), { location }),
    /** Fields that are not given stay. */
    set: <P extends SignOnProtocol>(
      contactCenterId: string,
      protocol: P,
      location: string,
      fields: SignOnChange[P],
    ) =>
      readData(http, settingsSchema, {
        method: 'PUT',
        path: path(contactCenterId, protocol),
        json: { data: { ...fields, location } },
      }),
  };
}
