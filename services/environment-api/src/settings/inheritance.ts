/** Decides which value of a setting applies at a location: location, then contact centre, then global. */

import type { Setting } from '@gatehouse/contracts/environment-administration';
import { covers, type EffectiveSettings } from '@gatehouse/contracts/environment-api';

/** Of each name the value with the longest location that covers the given one. Keeps the order of names. */
export function effectiveSettings(settings: readonly Setting[], location: string): Setting[] {
  const best = new Map<string, Setting>();
  for (const setting of settings) {
    if (!covers(setting.location, location)) continue;
    const present = best.get(setting.name);
    if (!present || setting.location.length > present.location.length) best.set(setting.name, setting);
  }
  return [...best.values()];
}

/**
 * The contact centre's own effective values, then global ones for all other names. A value of the contact centre for
 * everywhere outweighs a global value for one location.
 */
export function inheritedSettings(
  own: readonly Setting[],
  global: readonly Setting[],
  location: string,
): Setting[] {
  const effective = effectiveSettings(own, location);
  const names = new Set(effective.map(({ name }) => name));
  const rest = effectiveSettings(global, location).filter(({ name }) => !names.has(name));
  return [...effective, ...rest.map((setting) => ({ ...setting, inheritedFrom: 'global' as const }))];
}

/** Of settings that are effective at one place: one per name. */
export function effectiveTexts(settings: readonly Setting[]): EffectiveSettings {
  return Object.fromEntries(settings.map(({ name, value }) => [name, value])) as EffectiveSettings;
}
