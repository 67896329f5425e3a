/** Asks Environment API, as Auth API does, for the person whom an identity provider means by a subject. */
import type { SignOnPerson } from '@gatehouse/contracts/environment-api';
import type { RunningApi } from './running-api.ts';

export const issuer = 'https://idp.example';

export type SignOnFields = Partial<SignOnPerson>;

export const askSignOn = (api: RunningApi, contactCenterId: string, given: SignOnFields) =>
  api.call('POST', `/internal/contact-centers/${contactCenterId}/sign-on-people`, {
    headers: { authorization: api.authApi.token({ internal_client: true }) },
    payload: { data: { issuer, subject: 'subject', userName: 'ada', ...given } },
  });
