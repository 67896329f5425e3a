/** Decides which names of settings are taken, and in which form a value is stored. */
import type { Warning } from '@gatehouse/contracts/answers';
import {
  isKnownSetting,
  knownSettingNames,
  meantSetting,
  settingUses,
  standingOf,
  storedText,
} from '@gatehouse/contracts/resources';
import { badRequest } from '@gatehouse/service-kit/errors';
import { say, wordsOf } from '@gatehouse/service-kit/sentences';
import type { SettingInput } from './schemas.ts';

/** How a name is judged that no service reads. */
export interface Naming {
  /** As refusals name it. */
  field?: string;
  /** Callers of before, and documents of before, have names without a mark. */
  takesUnread?: boolean;
}

/** A known setting in its one form; the schema of the body has refused what is no value of it. */
export function normalizeSetting<T extends { name: string; value: string }>(setting: T): T {
  const { name, value } = setting;
  return isKnownSetting(name) ? { ...setting, value: storedText(name, value) ?? value } : setting;
}

/** Each value counts, whatever its location, so scripts may name a location that no server has yet. */
export function countsEverywhere({ name }: { name: string }): boolean {
  return isKnownSetting(name) && settingUses[name].counts === 'together';
}

/** `isThere`: asks whether the name has a value already, which stays changeable. @throws AppError 400 with the name that was meant */
export async function requireName(
  { name, shared }: SettingInput,
  { field = 'data.name', takesUnread = false }: Naming,
  isThere: () => Promise<boolean>,
): Promise<void> {
  const meant = meantSetting(name);
  const isTaken = meant === undefined && (takesUnread || standingOf({ name, shared }) !== 'unread');
  if (isTaken || (await isThere())) return;
  const shown = JSON.stringify(name);
  throw badRequest(
    meant === undefined
      ? `Gatehouse has no setting ${shown}: it reads ${knownSettingNames.join(', ')}. A setting of your own has a name that begins with x-, or it is marked as shared`
      : `Gatehouse has no setting ${shown}: did you mean ${meant}? The name of a setting of your own begins with x-`,
    { field, reason: 'unknown_setting' },
  );
}

/** Undefined: nothing to say. */
export function nameWarnings({ name, shared }: SettingInput, field = 'data.name'): [Warning] | undefined {
  if (standingOf({ name, shared }) !== 'unread') return undefined;
  return [{ field, value: name, ...wordsOf(say('warning.setting.unread', { name })) }];
}
