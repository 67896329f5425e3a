/** Stands between clients and a server, and breaks, silences or slows what passes. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** All connections, those alone whose client has sent what the mark matches, or those that come from one address. */
type Scope = 'all' | 'marked' | { from: string };

interface Pair {
  incoming: Socket;
  outgoing: Socket;
  isMarked: boolean;
}

/** @param target gives the port of the server on loopback, for each new connection */
export async function startTcpProxy(target: () => number, mark?: RegExp) {
  const pairs = new Set<Pair>();
  let cutOff: Scope | undefined;
  let silent: Scope | undefined;
  let delayMs = 0;
  let silence = Promise.withResolvers<void>();

  const concerns = (scope: Scope | undefined, { incoming, isMarked }: Pair) =>
    typeof scope === 'object'
      ? incoming.remoteAddress === scope.from
      : scope === 'all' || (scope === 'marked' && isMarked);

  function breakPair({ incoming, outgoing }: Pair): void {
    incoming.destroy();
    outgoing.destroy();
  }

  function forward(pair: Pair, from: Socket, to: Socket): void {
    let waiting = 0;
    let last = Promise.resolve<unknown>(undefined);

    /** In their order, each by its own time: a slow way is no narrow one. */
    function passLater(chunk: Buffer, isSilent: boolean): void {
      waiting += 1;
      last = Promise.all([last, wait(delayMs), isSilent ? silence.promise : undefined]).then(() => {
        waiting -= 1;
        to.write(chunk);
      });
    }

    from.setNoDelay(true);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      pairs.delete(pair);
      to.destroy();
    });
    from.on('data', (chunk: Buffer) => {
      if (from === pair.incoming && mark?.test(chunk.toString('latin1'))) pair.isMarked = true;
      const isSilent = concerns(silent, pair);
      if (concerns(cutOff, pair)) breakPair(pair);
      else if (waiting > 0 || delayMs > 0 || isSilent) passLater(chunk, isSilent);
      else to.write(chunk);
    });
  }

  const server = createServer((incoming) => {
    if (cutOff === 'all') {
      incoming.destroy();
      return;
    }
    const pair = { incoming, outgoing: connect(target(), '127.0.0.1'), isMarked: false };
    pairs.add(pair);
    forward(pair, incoming, pair.outgoing);
    forward(pair, pair.outgoing, incoming);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  function breakAll(scope: Scope = 'all'): void {
    for (const pair of pairs) if (concerns(scope, pair)) breakPair(pair);
  }

  return {
    port: (server.address() as AddressInfo).port,
    breakAll,
    /** Breaks every connection and takes no other. */
    cut(scope: Scope = 'all'): void {
      cutOff = scope;
      breakAll(scope);
    },
    /** Keeps every connection, and nothing passes. */
    silence(scope: Scope = 'all'): void {
      silent = scope;
    },
    /** Silent connections stay silent; connections that come now pass. */
    leaveBehind(): void {
      for (const pair of pairs) pair.isMarked = true;
      if (cutOff !== undefined) cutOff = undefined;
      if (silent !== undefined) silent = 'marked';
    },
    slow(ms: number): void {
      delayMs = ms;
    },
    heal(): void {
      [cutOff, silent, delayMs] = [undefined, undefined, 0];
      silence.resolve();
      silence = Promise.withResolvers();
    },
    close(): void {
      server.close();
      breakAll();
    },
  };
}
