/** Says of the routes of own factors what they have in common. */
import { errorEnvelope, securityError } from '@gatehouse/contracts/answers';
import type { Clock } from '@gatehouse/service-kit/clock';
import { z } from 'zod';
import type { Factors } from '../../factors/compose.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import type { Owners } from './owners.ts';

export interface OwnFactorDeps {
  owners: Owners;
  factors: Factors;
  contactCenters: Pick<ContactCenterService, 'get'>;
  now: Clock;
}

export const tags = ['factors'];

/** Of every change. */
export const refusals = {
  401: z.union([errorEnvelope, securityError]),
  403: errorEnvelope,
  429: errorEnvelope,
  503: errorEnvelope,
};

export const changeDescription =
  'By the session of the browser, or by a token of the account area with the scope `sessions`. The sign-in must be the strongest that the user has, and at most five minutes old; otherwise the answer is 401 `insufficient_user_authentication` with `acr_values` and `max_age` (RFC 9470).';
