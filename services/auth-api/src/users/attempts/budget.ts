/** Divides the refusals that a Configuration Server allows among strangers, usual addresses and known browsers. */

/** When a Configuration Server locks an account. */
export interface LockoutRules {
  /** The refusal that locks. */
  threshold: number;
  /** The server forgets refusals when none came for so long. */
  windowMs: number;
  /** Whether the server showed the rule, or the settings had to give it. */
  from: 'server' | 'settings';
}

/** Who spent a refusal. */
export type Spender = 'others' | 'knownBrowser' | 'usualAddress';

export type Budget = Record<Spender, number>;

/**
 * There are threshold - 1 refusals to spend. Strangers can spend all but two: one is left for browsers that signed in to the
 * account before and one for addresses it is usually used from. A threshold of 3 leaves only the first of them; 1 and 2
 * leave none, since somebody at a new place must have an attempt too.
 */
export function budgetOf({ threshold }: Pick<LockoutRules, 'threshold'>): Budget {
  const total = Math.max(1, threshold - 1);
  const knownBrowser = total >= 2 ? 1 : 0;
  const usualAddress = total >= 3 ? 1 : 0;
  return { others: total - knownBrowser - usualAddress, knownBrowser, usualAddress };
}
