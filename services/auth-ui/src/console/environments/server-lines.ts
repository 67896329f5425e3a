/** Writes servers as people read and type them: `host:port` in each line, and after it the locations that it serves. */
import { rootLocation } from '@gatehouse/contracts/environment-api';
import type { Reading } from '../form/inputs.ts';
import { linesOf, numberOf } from '../shell/typed.ts';

interface Server {
  address: string;
  port: number;
  locations: readonly string[];
}

/** As the API takes them: without a port, or without locations, it decides. */
interface TypedServer {
  address: string;
  port?: number | string;
  locations?: string[];
}

export function hostAndPort(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** A server that serves every location has none in its line. */
function lineOf({ address, port, locations }: Server): string {
  const isEverywhere = locations.length === 1 && locations[0] === rootLocation;
  return [hostAndPort(address, port), ...(isEverywhere ? [] : locations)].join(' ');
}

/** `host`, `host:port` or `[address]:port`; a slash begins each location. */
function typedServer(line: string): TypedServer {
  const [place = '', ...locations] = line.split(/\s+/);
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(place) ?? [];
  return {
    address: bracketed ?? plain ?? place,
    ...(port !== undefined && { port: numberOf(port) }),
    ...(locations.length > 0 && { locations }),
  };
}

export const ldapServerLines: Reading = {
  shown: (value) => (value as Server[]).map(lineOf).join('\n'),
  read: (text) => linesOf(text).map(typedServer),
};

/** As installers know it. */
export const defaultPort = 8888;

/** Of a new environment: their backups are typed later, on a page of each. */
export const configServerLines: Reading = {
  shown: ldapServerLines.shown,
  read: (text) =>
    linesOf(text).map((line) => {
      const { address, port = defaultPort, ...others } = typedServer(line);
      return { primaryAddress: address, primaryPort: port, ...others };
    }),
};
