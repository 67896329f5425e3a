/** Warns of tenant names that work and that are easily typed wrong. Installers of before may have chosen them, so none is refused. */
import type { Warning } from '@gatehouse/contracts/answers';
import { say, wordsOf } from '@gatehouse/service-kit/sentences';

const doubtful = [
  [/\s/, 'warning.domain.space'],
  [/^-/, 'warning.domain.hyphen'],
] as const;

/** Undefined: nothing to say. */
export function nameWarnings(domains: readonly string[] = []): Warning[] | undefined {
  const found = domains.flatMap((domain, index) =>
    doubtful.flatMap(([of, key]): Warning[] =>
      of.test(domain)
        ? [{ field: `data.domains.${index}`, value: domain, ...wordsOf(say(key, { domain })) }]
        : [],
    ),
  );
  return found.length === 0 ? undefined : found;
}
