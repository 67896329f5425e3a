/** An error whose message is all that a person needs: shown without a stack trace. */
export class PlainError extends Error {
  override name = 'PlainError';
}
