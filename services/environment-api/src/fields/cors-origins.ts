/** Reads the value of the setting `cors-origins`, the only place where allowed origins are stored. */
import type { KnownSettingName } from '@gatehouse/contracts/resources';
import { entriesOf, originProblem, parseOrigin } from '@gatehouse/contracts/values';
import { badRequest } from '@gatehouse/service-kit/errors';

export const corsSetting = 'cors-origins' satisfies KnownSettingName;

/** @throws AppError 400 that says what is wrong */
export function requireOrigin(text: string, field: string): string {
  const origin = parseOrigin(text);
  if (origin !== undefined) return origin;
  throw badRequest(originProblem(text), { field, reason: 'no_origin' });
}

/** Origins of a stored value. Values from before origins were checked may hold others, which allow nothing. */
export function readOrigins(value: string): string[] {
  return entriesOf(value).flatMap((text) => parseOrigin(text) ?? []);
}
