/** Divides the refusals that a directory allows among strangers, usual addresses and known browsers. */

/** When a directory locks an account. */
export interface LockoutRules {
  /** The refusal that locks; 0: wrong passwords never lock an account. */
  threshold: number;
  /** The server forgets refusals when none came for so long. */
  windowMs: number;
  /** Whether the directory showed the rule, or the settings had to give it. */
  from: 'server' | 'settings';
}

/** The spender of a refusal. */
export type Spender = 'others' | 'knownBrowser' | 'usualAddress';

export type Budget = Record<Spender, number>;

/** A known browser keeps so many, whatever strangers do. */
export const ownTries = 3;

/**
 * There are threshold - 1 refusals to spend. Strangers have one at least, since somebody at a new place must have an attempt too.
 * Of the others, three are kept for browsers that signed in to the account before, and one for addresses it is usually used
 * from. Where nothing locks, nobody has to share.
 */
export function budgetOf({ threshold }: Pick<LockoutRules, 'threshold'>): Budget {
  if (threshold === 0) return { others: Infinity, knownBrowser: Infinity, usualAddress: Infinity };
  const total = spendable({ threshold });
  const knownBrowser = Math.min(ownTries, total - 1);
  const usualAddress = Math.min(1, total - 1 - knownBrowser);
  return { others: total - knownBrowser - usualAddress, knownBrowser, usualAddress };
}

/** Refusals that the directory may see within a window, of everybody together. */
export function spendable({ threshold }: Pick<LockoutRules, 'threshold'>): number {
  return threshold === 0 ? Infinity : Math.max(1, threshold - 1);
}
