/** Frees a connection when what is read from it has been sent. */

/** Ends after the connection is released, so that a caller can read one export after another without a 503. */
export async function* thenClose(
  pieces: AsyncGenerator<string>,
  close: () => Promise<void>,
): AsyncGenerator<string> {
  yield* pieces;
  await close();
}
