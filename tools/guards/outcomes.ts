/** Says of an attack what its tests did. */
import type { Attack } from './attacks.ts';
import type { TestStatus } from './test-host.ts';
import { isTestOf } from './test-names.ts';

/** `missing`: no test ran to its end, because the file could not be loaded or its preparation failed; that proves nothing. */
type Outcome = 'passed' | 'failed' | 'missing';

export function outcomeOf(attack: Attack, statuses: readonly TestStatus[]): Outcome {
  const own = statuses
    .filter(({ path, title }) => path === attack.path && isTestOf(attack, title))
    .map(({ status }) => status)
    .filter((status) => status === 'passed' || status === 'failed');
  if (own.length === 0) return 'missing';
  return own.includes('failed') ? 'failed' : 'passed';
}

/** Attacks that no test noticed. Several tests may play one attack: one of them must notice. */
export function unnoticed(attacks: readonly Attack[], statuses: readonly TestStatus[]): Attack[] {
  return [...Map.groupBy(attacks, ({ name }) => name).values()]
    .filter((tests) => tests.every((attack) => outcomeOf(attack, statuses) !== 'failed'))
    .flat();
}
