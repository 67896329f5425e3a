/** Sends long answers in pages, limited in objects and bytes, and not faster than the client reads them. */
import type { ClientSession } from '../connections/client-session.ts';
import type { ServerLimits } from '../connections/limits.ts';

const pauseAboveBytes = 1024 * 1024;
/** Bytes of a page without its items. */
const emptyPageBytes = 64;

/** Sends `items` page by page; other requests are answered in between. */
export async function sendPages<T>(
  items: readonly T[],
  send: (page: T[]) => void,
  session: ClientSession,
  limits: ServerLimits,
): Promise<void> {
  let page: T[] = [];
  let pageBytes = emptyPageBytes;
  const flush = async () => {
    send(page);
    page = [];
    pageBytes = emptyPageBytes;
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

/** Never less than the encoded size, and close to it. */
function estimateBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 5;
  if (value instanceof Uint8Array) return value.length + 5;
  if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + estimateBytes(entry), 5);
  if (typeof value !== 'object' || value === null) return 9;
  return Object.entries(value).reduce(
    (sum, [key, entry]) => sum + Buffer.byteLength(key) + 3 + estimateBytes(entry),
    5,
  );
}
