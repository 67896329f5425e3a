/** Defines where the numbers of people come from: a directory knows people by an id of its own, tokens by a number. */

/** Numbers never change and are never given to another person, so implementations may keep them. */
export interface PersonNumbers {
  /** A person without a number gets one. Ids are lower-case text. */
  of(externalIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Those of the people who have one; gives none to the others. */
  given(externalIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Undefined: nobody has this number. */
  idOf(dbid: number): Promise<string | undefined>;
  /** Those with a number above `after`, in order of numbers; fewer than `limit`: there are no more. */
  known(after: number, limit: number): Promise<readonly { externalId: string; dbid: number }[]>;
}
