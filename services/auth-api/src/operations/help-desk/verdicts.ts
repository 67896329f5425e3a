/** Makes the verdicts of a look at something. */
import type { Verdict } from '@gatehouse/service-kit/health';

export const ok = (message: string): Verdict => ({ status: 'ok', message });
export const warning = (message: string): Verdict => ({ status: 'warning', message });
export const failed = (message: string): Verdict => ({ status: 'failed', message });
/** The registration does not need it. */
export const unneeded = (message: string): Verdict => ({ status: 'skipped', message });
