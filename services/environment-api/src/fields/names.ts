/** Refuses names that are not what they look like, and keeps those that are stored. */
import { nameProblem } from '@gatehouse/contracts/values';
import { badRequest } from '@gatehouse/service-kit/errors';

/** A name that was stored before this rule stays as it is. @throws AppError 400 */
export function requireHonestName(field: string, name: string, stored: readonly string[] = []): void {
  const message = stored.includes(name) ? undefined : nameProblem(name);
  if (message === undefined) return;
  throw badRequest(`${field} ${message}`, { problems: [{ field, message, reason: 'wrong_characters' }] });
}
