/** Warns of tenant names that work and that are easily typed wrong. Installers of before may have chosen them, so none is refused. */
import type { Warning } from '@gatehouse/contracts/answers';

const doubtful: [of: RegExp, why: string][] = [
  [/\s/, 'holds a space, which people overlook when they type it before their name'],
  [/^-/, 'begins with a hyphen, which programs on a command line take for an option'],
];

/** Undefined: nothing to say. */
export function nameWarnings(domains: readonly string[] = []): Warning[] | undefined {
  const found = domains.flatMap((domain, index) =>
    doubtful.flatMap(([of, why]): Warning[] =>
      of.test(domain)
        ? [{ field: `data.domains.${index}`, value: domain, message: `${JSON.stringify(domain)} ${why}` }]
        : [],
    ),
  );
  return found.length === 0 ? undefined : found;
}
