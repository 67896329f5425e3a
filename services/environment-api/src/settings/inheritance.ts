/** Which value of a setting applies at a location: location → contact centre → global. */

import type { Setting } from '@gatehouse/contracts/environment-api/administration/settings';
import { covers } from '@gatehouse/contracts/environment-api/location';

/** Of each name the value whose location covers the given one and is the longest such. Order of names is kept. */
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
 * The contact centre's own effective values, then the global ones of the names that it says nothing about there. What a
 * contact centre says for everywhere outweighs what is global for one location: it was said about this contact centre.
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
