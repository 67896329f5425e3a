/** The calls that check single sign-on and change our keys towards identity providers. */

import {
  type SsoCheck,
  type SsoKeyPurpose,
  ssoCheckSchema,
  ssoKeySchema,
  ssoTrialSchema,
  ssoTrialStartSchema,
} from '@gatehouse/contracts/auth-administration';
import type { OidcChange, SamlChange } from '@gatehouse/contracts/resources';
import type { SignOnProtocol } from '@gatehouse/contracts/values';
import { definedOnly } from '@gatehouse/contracts/values';
import { z } from 'zod';
import { readData, readTagged } from '../administration/administration-calls.ts';
import type { HttpClient } from '../http/http-client.ts';

// Once, outside of the functions: readData keeps what it makes of a schema.
const ssoKeys = z.array(ssoKeySchema);

/** Contacts the identity provider, signs nobody in. @throws UpstreamError */
export function checkSingleSignOn(
  http: HttpClient,
  id: string,
  { userName, location }: { userName?: string | undefined; location?: string | undefined } = {},
): Promise<SsoCheck> {
  return readData(http, ssoCheckSchema, {
    method: 'POST',
    path: `/auth/v3/ops/contact-centers/${encodeURIComponent(id)}/sso-check`,
    json: { data: definedOnly({ userName, location }) },
  });
}

type SignOnTrial = (SamlChange | OidcChange) & { location: string; userName?: string | undefined };

/** Tries what a change of the settings would store. Nothing is stored. @throws UpstreamError */
export function trySingleSignOn(
  http: HttpClient,
  id: string,
  protocol: SignOnProtocol,
  data: SignOnTrial,
): Promise<SsoCheck> {
  return readData(http, ssoCheckSchema, {
    method: 'POST',
    path: `/auth/v3/ops/contact-centers/${encodeURIComponent(id)}/${protocol}/dry-run`,
    json: { data },
  });
}

/** A sign-in as a test. All calls throw UpstreamError. */
export function createSsoTrialCalls(http: HttpClient, contactCenterId: string) {
  const all = `/auth/v3/ops/contact-centers/${encodeURIComponent(contactCenterId)}/sso-trials`;
  return {
    begin: (place: { protocol: SignOnProtocol; location: string }) =>
      readData(http, ssoTrialStartSchema, { method: 'POST', path: all, json: { data: place } }),
    read: (result: string) =>
      readData(http, ssoTrialSchema, { path: `${all}/${encodeURIComponent(result)}` }),
  };
}

/** All calls throw UpstreamError. */
export function createSsoKeyAdministration(http: HttpClient) {
  const all = '/auth/v3/ops/sso-keys';
  const step = (name: string) => (purpose: SsoKeyPurpose) =>
    readData(http, ssoKeys, { method: 'POST', path: `${all}/${name}`, json: { data: { purpose } } });
  return {
    list: () => readData(http, ssoKeys, { path: all }),
    /** With the version of the list, for `If-Match` of a change. */
    listTagged: () => readTagged(http, ssoKeys, all),
    prepare: step('prepare'),
    activate: step('activate'),
  };
}
