/** Warns of servers that cannot be reached from here. It never refuses: a server may be installed after its entry. */
import { connect } from 'node:net';
import type { Warning } from '@gatehouse/contracts/answers';
import type { ConfigServerView } from '@gatehouse/contracts/environment-api';
import { say, wordsOf } from '@gatehouse/service-kit/sentences';

export type Reachability = ReturnType<typeof createReachability>;

export interface Place {
  address: string;
  port: number;
  /** Where the request names it. */
  field: string;
}

const maxPlaces = 32;

/** `timeoutMs`: how long a write waits for all servers together; 0: no warnings. */
export function createReachability(timeoutMs: number) {
  return {
    /** One warning per address that accepts no connection in time; undefined: no warnings. Never throws. */
    async warningsFor(all: readonly Place[]): Promise<Warning[] | undefined> {
      if (timeoutMs === 0) return undefined;
      const places = all.slice(0, maxPlaces);
      const warnings = await Promise.all(
        places.map(async ({ address, port, field: at }) => {
          if (await accepts(address, port, timeoutMs)) return [];
          const words = wordsOf(say('warning.server.noConnection', { address, port, timeoutMs }));
          return [{ field: at, value: `${address}:${port}`, ...words, step: 'tcp' }];
        }),
      );
      const found = warnings.flat();
      return found.length === 0 ? undefined : found;
    },
  };
}

/** Of the entry that is at `field` of the request. */
export function placesOf(server: ConfigServerView, field: string): Place[] {
  const { primaryAddress, primaryPort, backupAddress, backupPort } = server;
  const primary = { address: primaryAddress, port: primaryPort, field: `${field}.primaryAddress` };
  if (backupAddress === undefined || backupPort === undefined) return [primary];
  return [primary, { address: backupAddress, port: backupPort, field: `${field}.backupAddress` }];
}

function accepts(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal: AbortSignal.timeout(timeoutMs) });
    const settle = (isAccepted: boolean) => {
      socket.destroy();
      resolve(isAccepted);
    };
    socket.once('connect', () => settle(true));
    socket.on('error', () => settle(false));
  });
}
