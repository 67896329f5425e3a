/** Makes the verdicts of a look at something, from what is said of it. */
import { saidAs } from '@gatehouse/service-kit/health';
import type { Said } from '@gatehouse/service-kit/sentences';

export const ok = (...said: Said[]) => saidAs('ok', said);
export const warning = (...said: Said[]) => saidAs('warning', said);
export const failed = (...said: Said[]) => saidAs('failed', said);
/** The registration does not need it. */
export const unneeded = (...said: Said[]) => saidAs('skipped', said);
