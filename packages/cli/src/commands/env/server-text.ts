/** Addresses of Configuration Servers as people write them: host:port, a backup behind a slash. */
import type { ConfigServer } from '@gatehouse/contracts/environment-administration';
import type { NewConfigServer } from '@gatehouse/contracts/resources';
import { UsageError } from '../../failure/failure.ts';

export function serverText({ primaryAddress, primaryPort, backupAddress, backupPort }: ConfigServer): string {
  const backup = backupAddress === undefined ? '' : `/${address(backupAddress, backupPort)}`;
  return address(primaryAddress, primaryPort) + backup;
}

export function address(host: string, port: number | undefined): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The fields of a body. @throws UsageError */
export function serverOf(text: string): Omit<NewConfigServer, 'password'> {
  const [primary = '', backup] = text.split('/');
  const [primaryAddress, primaryPort] = hostAndPort(primary);
  if (backup === undefined) return { primaryAddress, primaryPort };
  const [backupAddress, backupPort] = hostAndPort(backup);
  return { primaryAddress, primaryPort, backupAddress, backupPort };
}

function hostAndPort(text: string): [host: string, port: string] {
  const match = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(text);
  if (!match)
    throw new UsageError(`${JSON.stringify(text)} must be host:port, such as config-1.example.com:8888`);
  return [match[1] ?? '', match[2] ?? ''];
}

/** An LDAP server. @throws UsageError */
export function hostAndOptionalPort(text: string): { address: string; port?: string } {
  if (!/:\d+$/.test(text) || /^[^[].*:.*:/.test(text)) return { address: text };
  const [host, port] = hostAndPort(text);
  return { address: host, port };
}
