/** Names the refusals that most operations of administrators may answer, for the OpenAPI document. */
import { errorEnvelope, securityError } from '@gatehouse/contracts/answers';

export const refusals = { 400: errorEnvelope, 401: securityError, 403: errorEnvelope, 503: errorEnvelope };

/** Of operations on one thing, which may not exist. */
export const refusalsOfOne = { ...refusals, 404: errorEnvelope };
