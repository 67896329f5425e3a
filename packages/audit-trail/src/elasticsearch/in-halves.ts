/** Sends many things at once, and what is too large for the way in halves: somebody before Elasticsearch may let less through. */
import { isTooLarge } from './bulk-writer.ts';

/**
 * All outcomes, in the order of the items. `alone` is the outcome of an item that is too large by itself.
 * @throws whatever `send` throws for another reason
 */
export async function inHalves<Item, Outcome>(
  items: readonly Item[],
  send: (part: readonly Item[]) => Promise<Outcome[]>,
  alone: (item: Item) => Outcome,
): Promise<Outcome[]> {
  try {
    return await send(items);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
  }
  const [only, ...others] = items;
  if (only !== undefined && others.length === 0) return [alone(only)];
  const half = Math.ceil(items.length / 2);
  const first = await inHalves(items.slice(0, half), send, alone);
  return [...first, ...(await inHalves(items.slice(half), send, alone))];
}
