/** Long answers in pages: bounded in objects and bytes, and never faster than the client takes them. */
import type { ClientSession } from '../client-session.ts';
import type { ServerLimits } from '../limits.ts';

const pauseAboveBytes = 1024 * 1024;

/** Cuts `items` into pages and sends each; other requests get their turn in between. */
export async function sendPages<T>(
  items: readonly T[],
  send: (page: T[]) => void,
  session: ClientSession,
  limits: ServerLimits,
): Promise<void> {
  let page: T[] = [];
  let pageBytes = 0;
  const flush = async () => {
    send(page);
    page = [];
    pageBytes = 0;
    do {
      await new Promise<void>((resolve) => setImmediate(resolve));
    } while (session.pendingBytes > pauseAboveBytes && !session.isEnded);
  };
  for (const item of items) {
    const itemBytes = estimateBytes(item);
    const isFull = page.length >= limits.pageObjects || pageBytes + itemBytes > limits.pageBytes;
    if (page.length > 0 && isFull) await flush();
    if (session.isEnded) return;
    page.push(item);
    pageBytes += itemBytes;
  }
  if (page.length > 0) send(page);
}

/** Close enough to the encoded size to keep pages near their limit, at the price of one walk. */
export function estimateBytes(value: unknown): number {
  if (typeof value === 'string') return value.length * 2 + 3;
  if (value instanceof Uint8Array) return value.length + 5;
  if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + estimateBytes(entry), 3);
  if (typeof value !== 'object' || value === null) return 9;
  return Object.entries(value).reduce((sum, [key, entry]) => sum + key.length + 2 + estimateBytes(entry), 3);
}
