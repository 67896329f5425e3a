/** Shortens the id of a client that nobody registered where it may be a secret: some callers send id and secret in each other's place. */

const maxShown = 8;
/** Stands for the rest. */
const hidden = '…';

/**
 * An id of words, such as `agent-desktop2`, is kept, so that an operator sees a typing error in it. Of anything else the beginning is kept, a quarter at most.
 * To compare it with the stored secrets would cost a slow hash for each, at every request of a stranger. A secret of words is not noticed.
 */
export function shownUnknownId(id: string, secrets: readonly string[] = []): string {
  const isSecret = secrets.some((secret) => secret !== '' && id.includes(secret));
  if (isSecret) return hidden;
  const words = id.split(/[._:/@-]/);
  if (words.every((word) => /^[a-z]*\d{0,4}$/i.test(word) && isSpoken(word))) return id;
  return id.slice(0, Math.min(maxShown, Math.floor(id.length / 4))) + hidden;
}

/** Random letters change between small and capital ones again and again. */
function isSpoken(word: string): boolean {
  const capitals = word.match(/[A-Z]+/g)?.length ?? 0;
  return word.length <= 24 && capitals <= Math.max(2, word.length / 4);
}
