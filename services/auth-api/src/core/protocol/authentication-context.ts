/** Defines the values of `acr` (OpenID Connect Core section 2): numbers, for clients that name no other, and names. */
import { type AssuranceLevel, assuranceLevels, assuranceNames, reaches } from '@gatehouse/contracts/values';

/** One factor, such as a password at the Configuration Server. */
const oneFactor = '1';
/** Several factors. */
const moreFactors = '2';

const levels: ReadonlyMap<string, AssuranceLevel> = new Map([
  [oneFactor, 'password'],
  [moreFactors, 'secondFactor'],
  ...assuranceLevels.map((level) => [assuranceNames[level], level] as const),
]);

/** Weakest first, numbers before names. */
export const supportedContexts: readonly string[] = [...levels.keys()];

/** How the request wants levels called. Absent: by numbers. */
export type ContextNames = 'urn';

/** The level that was reached, in the words of the request: never the one that was asked for. */
export function contextOf(level: AssuranceLevel, names: ContextNames | undefined): string {
  if (names === 'urn') return assuranceNames[level];
  return level === 'password' ? oneFactor : moreFactors;
}

/** Names where the request has one of them. */
export function namesIn(contexts: readonly string[]): ContextNames | undefined {
  return contexts.some((context) => context.startsWith('urn:')) ? 'urn' : undefined;
}

/** The weakest level that is as good as one of the contexts, each of which would do (Core section 5.5.1.1). Unknown ones do not count. */
export function levelAsked(contexts: readonly string[]): AssuranceLevel {
  const asked = contexts.flatMap((context) => levels.get(context) ?? []);
  return asked.reduce((one, other) => (reaches(one, other) ? other : one), asked[0] ?? 'phishingResistant');
}
