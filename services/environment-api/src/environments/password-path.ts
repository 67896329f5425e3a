/** Tells whether a change sends the stored password to somebody else than those it was given for, or less protected. */
import type { ConfigServerView } from '@gatehouse/contracts/environment-api/environment';
import type { EnvironmentFields } from './environment.ts';

/** Who gets the password, and what keeps others on the way from reading it. */
type PasswordPath = Pick<
  EnvironmentFields,
  'configServers' | 'consulService' | 'srvRecord' | 'tlsEnabled' | 'tls'
>;

/** The field that leads it elsewhere; undefined: it goes where it went before, protected as before. */
export function divertingField(present: PasswordPath, next: PasswordPath): string | undefined {
  const known = new Set(present.configServers.flatMap(placesOf));
  if (next.configServers.flatMap(placesOf).some((place) => !known.has(place))) return 'configServers';
  for (const registry of ['consulService', 'srvRecord'] as const) {
    if (next[registry] !== undefined && next[registry] !== present[registry]) return registry;
  }
  // Plaintext was no protection: whatever replaces it is more.
  if (!present.tlsEnabled) return undefined;
  if (!next.tlsEnabled) return 'tlsEnabled';
  // Another authority or name lets another certificate pass for the server's.
  if (next.tls?.ca !== present.tls?.ca) return 'tls.ca';
  if (next.tls?.serverName !== present.tls?.serverName) return 'tls.serverName';
  return undefined;
}

function placesOf({ primaryAddress, primaryPort, backupAddress, backupPort }: ConfigServerView): string[] {
  const primary = placeOf(primaryAddress, primaryPort);
  if (backupAddress === undefined || backupPort === undefined) return [primary];
  return [primary, placeOf(backupAddress, backupPort)];
}

function placeOf(address: string, port: number): string {
  return `${address.toLowerCase()} ${port}`;
}
