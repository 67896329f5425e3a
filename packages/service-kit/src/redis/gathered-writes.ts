/**
 * Everything that one turn of the event loop says to Redis goes out in one write. The client's own pipelining does the
 * same, at the price of a pipeline object, three promises and a timer for every command.
 */
import type { Duplex } from 'node:stream';

export function gatherWrites(stream: Pick<Duplex, 'write' | 'writable'>): void {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  let gathered = '';

  function flush(): void {
    const text = gathered;
    gathered = '';
    // Of a connection that has ended meanwhile, the client refuses what was waiting.
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
