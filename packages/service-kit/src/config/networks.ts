/** Reads ranges of network addresses and says which are wider than the network of one operator. */
import { BlockList, isIP } from 'node:net';
import { isLoopbackHost } from '@gatehouse/api-client/http';

/** An address or a CIDR range. */
export interface Network {
  address: string;
  prefix: number;
  type: 'ipv4' | 'ipv6';
}

const ipv4InsideIpv6 = listOf({ address: '::ffff:0:0', prefix: 96, type: 'ipv6' });
const privateIpv6 = listOf({ address: 'fc00::', prefix: 7, type: 'ipv6' });

/** Undefined for a text that is neither an address nor a CIDR range. */
export function networkOf(text: string): Network | undefined {
  const [, address = '', digits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  const longest = family === 4 ? 32 : 128;
  const prefix = digits === undefined ? longest : Number(digits);
  if (family === 0 || prefix > longest) return undefined;
  return { address, prefix, type: family === 4 ? 'ipv4' : 'ipv6' };
}

/** Wider than 10.0.0.0/8 or fc00::/7, the largest private networks, and in public IPv6 wider than a /16. */
export function isTooWide(network: Network): boolean {
  const { address, prefix, type } = network;
  if (type === 'ipv4') return prefix < 8;
  if (ipv4InsideIpv6.check(address, 'ipv6')) return prefix < 96 + 8;
  return prefix < (privateIpv6.check(address, 'ipv6') ? 7 : 16) || spans(network, '::ffff:0.0.0.0');
}

/** Tells whether an address of the same family lies in the network. */
export function spans(network: Network, address: string): boolean {
  const type = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  return type === network.type && listOf(network).check(address, type);
}

/** Tells whether one of the networks has an address, as it is or mapped into IPv6 (RFC 4291 section 2.5.5.2). */
export function membersOf(texts: readonly string[]): (address: string | undefined) => boolean {
  const list = listOf(...texts.map(networkOf).filter((network) => network !== undefined));
  return (address = '') => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
}

/** Of the host in a URL or a setting: loopback, the socket of a server here, or none. */
export function isThisMachine(host: string): boolean {
  return host === '' || /^(?:\/|%2f)/i.test(host) || isLoopbackHost(host);
}

function listOf(...networks: Network[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix, type } of networks) list.addSubnet(address, prefix, type);
  return list;
}
