/** A server did something else than the protocol says; the message tells what. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

export function check(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new CheckFailed(otherwise);
}

/** What was waited for did not come. */
export class NothingCame extends CheckFailed {}
