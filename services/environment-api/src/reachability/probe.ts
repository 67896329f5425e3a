/** Whether servers can be reached from here: only to warn, because a server may come later than its entry. */
import { connect } from 'node:net';
import type { Warning } from '@gatehouse/contracts/administration-calls';
import type { ConfigServerView } from '@gatehouse/contracts/environment-api/environment';

export interface Reachability {
  /** One warning per address that does not take a connection in time. Never throws. */
  warningsFor(servers: readonly ConfigServerView[], field: string): Promise<Warning[]>;
}

const maxPlaces = 32;

/** `timeoutMs`: how long the answer to a write may wait for all of them together; 0 = no warnings. */
export function createReachability(timeoutMs: number): Reachability {
  return {
    async warningsFor(servers, field) {
      if (timeoutMs === 0) return [];
      const places = servers
        .flatMap((server, index) => placesOf(server, `${field}.${index}`))
        .slice(0, maxPlaces);
      const warnings = await Promise.all(
        places.map(async ({ address, port, field: at }) => {
          if (await accepts(address, port, timeoutMs)) return [];
          const message = `${address} port ${port} took no connection within ${timeoutMs} ms: check the address, the port and the network, or try POST …/check once the server runs`;
          return [{ field: at, value: `${address}:${port}`, message }];
        }),
      );
      return warnings.flat();
    },
  };
}

function placesOf(server: ConfigServerView, field: string) {
  const { primaryAddress, primaryPort, backupAddress, backupPort } = server;
  return [
    { address: primaryAddress, port: primaryPort, field: `${field}.primaryAddress` },
    ...(backupAddress === undefined || backupPort === undefined
      ? []
      : [{ address: backupAddress, port: backupPort, field: `${field}.backupAddress` }]),
  ];
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
