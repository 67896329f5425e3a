/** Which value of a setting applies at a location. */
import { covers } from '@gatehouse/contracts/environment-api/location';
import type { Setting } from './schemas.ts';

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
