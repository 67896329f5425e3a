/** Completes a policy of second factors. */
import { noSecondFactor, type SecondFactor } from '@gatehouse/contracts/environment-api';
import type { newContactCenterSchema } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import { badRequest } from '@gatehouse/service-kit/errors';
import type { z } from 'zod';

type Given = z.output<typeof newContactCenterSchema>['secondFactor'];

/** Members that are not given stay as they are. @throws AppError 400 where they do not fit together */
export function completed(given: Given, present: SecondFactor = noSecondFactor): SecondFactor {
  const whole = { ...present, ...definedOnly(given ?? {}) };
  if (whole.passkeyModels.length === 0 || whole.attestation === 'direct') return whole;
  throw badRequest(
    'Models of passkeys need an attestation: without one nobody knows the model. Set attestation to "direct", or leave passkeyModels empty',
    { field: 'data.secondFactor.passkeyModels' },
  );
}
