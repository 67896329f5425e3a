/** The answers that every route may give instead of its own. */
import { errorEnvelope, securityError } from '@gatehouse/contracts/envelope';

export const failures = { 401: securityError, default: errorEnvelope };
