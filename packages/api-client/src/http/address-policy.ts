/**
 * Decides which addresses may be called that strangers have registered (key sets, logout notices): public ones, and
 * networks that the operator names. A call must not reach what only this machine can reach.
 */
import { type LookupAddress, lookup as resolveName } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { isLoopbackHost } from './loopback.ts';
import { createStrangerNames } from './stranger-names.ts';
import { UpstreamError } from './upstream-error.ts';

export type AddressPolicy = ReturnType<typeof createAddressPolicy>;

/** IANA special-purpose registry (RFC 6890): none of these is a host of the public internet. */
const specialIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** Everything else is loopback, link-local, unique local, multicast, or an IPv4 address inside IPv6 (mapped, NAT64). */
const globalIpv6 = ['2000::/3'];

/** Inside 2000::/3: protocol assignments with Teredo, documentation, 6to4. */
const specialIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const loopback = ['127.0.0.0/8', '::1/128'];

const publicIpv6 = listOf(globalIpv6);
const special = listOf([...specialIpv4, ...specialIpv6]);

/** @throws Error that names the text that is no network. */
export function createAddressPolicy(allowedNetworks: readonly string[], allowLoopback: boolean) {
  const allowed = listOf(allowLoopback ? [...allowedNetworks, ...loopback] : allowedNetworks);

  /** False also for a text that is no address. */
  function allows(address: string): boolean {
    const family = isIP(address);
    // A zone (`%eth0`) names a link of this machine.
    if (family === 0 || address.includes('%')) return false;
    const type = family === 4 ? 'ipv4' : 'ipv6';
    if (allowed.check(address, type)) return true;
    return !special.check(address, type) && (family === 4 || publicIpv6.check(address, type));
  }

  return {
    allows,
    /** The error for a URL that may not be called. A name in it is checked when it is resolved. */
    problemOf(text: string): UpstreamError | undefined {
      const message = urlProblem(text, allowLoopback);
      if (message !== undefined) return new UpstreamError('', undefined, '', { failure: 'url', message });
      // An address in the URL is connected to without a look-up.
      const host = new URL(text).hostname.replace(/^\[|\]$/g, '');
      return isIP(host) !== 0 && !allows(host) ? refusedAddress(host) : undefined;
    },
  };
}

/**
 * Resolves the name of a connection to the allowed addresses alone. The connection uses this answer and does not resolve
 * again, so that an attacker cannot change the address after the check (DNS rebinding).
 */
export function guardedLookup(
  policy: AddressPolicy,
  timeoutMs: number,
  resolve = resolveName as unknown as LookupFunction,
): LookupFunction {
  const names = createStrangerNames(resolve, timeoutMs);
  return (hostname, options, callback) => {
    const judge = (found: LookupAddress[]) => {
      const addresses = found.filter(({ address }) => policy.allows(address));
      const [first] = addresses;
      if (first === undefined) return callback(refusedAddress(hostname), '', 0);
      if (options.all) return callback(null, addresses);
      callback(null, first.address, first.family);
    };
    names.find(hostname, options).then(judge, (error) => callback(error, '', 0));
  };
}

/** Says why a URL cannot be registered: it must be https without credentials, or plain http to loopback where that is allowed. */
export function urlProblem(text: string, allowLoopback: boolean): string | undefined {
  // The parser makes one spelling of decimal, octal and hexadecimal addresses.
  const url = URL.parse(text);
  if (url === null) return 'must be an absolute URL';
  const mayBePlain = allowLoopback && isLoopbackHost(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePlain)) return 'must be an https URL';
  if (url.username !== '' || url.password !== '') return 'must have no user name or password';
  if (text.includes('#')) return 'must have no fragment';
  return undefined;
}

function refusedAddress(host: string): UpstreamError {
  return new UpstreamError(host, undefined, '', { failure: 'address' });
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [, address = '', prefix = ''] = /^([^/%]+)\/(\d{1,3})$/.exec(network) ?? [];
    const family = isIP(address);
    if (family === 0 || Number(prefix) > (family === 4 ? 32 : 128)) {
      throw new Error(`${network} is no network: write it like 10.20.0.0/16`);
    }
    list.addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
