/** Looks at the servers that a service connects to, from where it runs: the names, and the certificates of those that speak TLS. */
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '../clock.ts';
import { say } from '../sentences/say.ts';
import { type Probe, saidAs, type Verdict, worst } from './diagnosis.ts';
import { reasonsOf } from './reason.ts';

/** A configured server. */
export interface Place {
  host: string;
  port: number;
  /** `postgresql`: TLS after a question, as its protocol has it. */
  tls: 'none' | 'direct' | 'postgresql';
  /** Encryption without a look at the certificate. */
  isUnverified?: boolean;
  /** Authorities in PEM; those of the runtime when absent. */
  ca?: string | undefined;
  /** In the certificate, where it is not the host. */
  serverName?: string | undefined;
}

const dayMs = 86_400_000;
/** Programs that renew certificates do so in the last third. */
const warnedShare = 1 / 5;
const warnedMs = 30 * dayMs;

export function namesProbe(places: readonly Place[]): Probe {
  const hosts = [...new Set(places.map(({ host }) => host))].filter((host) => isIP(host) === 0);
  return {
    name: 'Names',
    async run() {
      if (hosts.length === 0) return saidAs('skipped', [say('probe.names.none')]);
      const asked = await Promise.allSettled(hosts.map((host) => lookup(host)));
      const faults = asked.flatMap((one) =>
        one.status === 'rejected' ? [saidAs('failed', reasonsOf(one.reason))] : [],
      );
      return worst(faults, say('probe.names.fine', { hosts }));
    },
  };
}

export function certificatesProbe(places: readonly Place[], now: Clock): Probe {
  const encrypted = places.filter(({ tls }) => tls !== 'none');
  return {
    name: 'Certificates',
    async run(signal) {
      if (encrypted.length === 0) return saidAs('skipped', [say('probe.certificates.none')]);
      const looked = await Promise.all(encrypted.map((place) => lookAt(place, now, signal)));
      const days = looked.flatMap((found) => (found.days === undefined ? [] : [found.days]));
      const fine = say('probe.certificates.fine', {
        places: encrypted.map(nameOf),
        days: Math.min(...days),
      });
      return worst(
        looked.flatMap(({ fault }) => fault ?? []),
        fine,
      );
    },
  };
}

interface Looked {
  fault?: Verdict;
  days?: number;
}

async function lookAt(place: Place, now: Clock, signal: AbortSignal): Promise<Looked> {
  const name = nameOf(place);
  try {
    await using connection = await open(place, signal);
    const { socket } = connection;
    if (!socket.authorized) {
      const said = say('probe.certificates.refused', {
        place: name,
        detail: String(socket.authorizationError),
      });
      return { fault: saidAs(place.isUnverified ? 'warning' : 'failed', [said]) };
    }
    const { valid_from: from, valid_to: to } = socket.getPeerCertificate();
    const leftMs = Date.parse(to) - now();
    const days = Math.floor(leftMs / dayMs);
    const isSoon = leftMs < Math.min(warnedMs, warnedShare * (Date.parse(to) - Date.parse(from)));
    return isSoon
      ? { days, fault: saidAs('warning', [say('probe.certificates.ends', { place: name, days })]) }
      : { days };
  } catch (error) {
    return { fault: saidAs('failed', reasonsOf(error)) };
  }
}

const nameOf = ({ host, port }: Place) => `${host}:${port}`;

/** SSLRequest (PostgreSQL, message formats): its length, and the number that stands for TLS. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

async function open({ host, port, tls, ca, serverName = host }: Place, signal: AbortSignal) {
  const plain = connect({ host, port });
  // A failure after the one that is waited for, such as the end of the connection, says nothing.
  plain.on('error', () => undefined);
  const end = async () => void plain.destroy();
  try {
    await once(plain, 'connect', { signal });
    if (tls === 'postgresql') {
      plain.write(sslRequest);
      const [answer] = (await once(plain, 'data', { signal })) as [Buffer];
      if (answer.toString('latin1') !== 'S') throw new Error('wrong version number');
    }
    const options: ConnectionOptions = {
      socket: plain,
      host: serverName,
      // The verdict tells why a certificate is refused, so the connection must open.
      rejectUnauthorized: false,
      ...definedOnly({ ca, servername: isIP(serverName) === 0 ? serverName : undefined }),
    };
    const socket: TLSSocket = connectTls(options);
    await once(socket, 'secureConnect', { signal });
    return { socket, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}
