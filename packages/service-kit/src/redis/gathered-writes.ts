/**
 * Joins the commands that one turn of the event loop sends to Redis into one write. An optimisation: ioredis pipelines by
 * itself at the price of a pipeline object, three promises and a timer for each command (figures: docs/contributing/decisions/signatures-by-node-crypto.md).
 */
import type { Duplex } from 'node:stream';

/** Replaces `write` of a connection; the order of the bytes stays as it is. */
export function gatherWrites(stream: Pick<Duplex, 'write' | 'writable'>): void {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  let gathered = '';

  function flush(): void {
    const text = gathered;
    gathered = '';
    // The client itself refuses what waited on a connection that has ended.
    if (text !== '' && stream.writable) write(text);
  }

  stream.write = (chunk: unknown, ...rest: unknown[]): boolean => {
    if (typeof chunk !== 'string' || rest.length > 0) {
      flush();
      return write(chunk, ...rest);
    }
    if (gathered === '') setImmediate(flush);
    gathered += chunk;
    return true;
  };
}
