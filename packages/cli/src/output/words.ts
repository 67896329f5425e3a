/** Says in English what the names of reasons and states mean, as the console does. */
import { sentences } from '@gatehouse/contracts/sentences';

/** `reason`: why something was refused; `state`: of a person in a list. */
type Kind = 'reason' | 'state';

const words: Readonly<Record<string, string>> = sentences;

/** A name of a newer service has no words here, and stands as it is. */
export function wordsFor(kind: Kind, name: string): string {
  return words[`${kind}.${name}`] ?? name;
}

/** A reason, and what it was about. */
export const whyOf = (reason: unknown, detail?: unknown): string =>
  [typeof reason === 'string' ? wordsFor('reason', reason) : undefined, detail].filter(Boolean).join(': ');
