/** Which addresses an outbound call may reach: public ones, and networks that the operator names. */
import { BlockList, isIP } from 'node:net';

export interface AddressPolicy {
  /** False also for a text that is no address. */
  allows(address: string): boolean;
}

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

/** Everything else is loopback, link-local, unique local, multicast, or an IPv4 address in disguise (mapped, NAT64). */
const globalIpv6 = ['2000::/3'];

/** Inside 2000::/3: protocol assignments with Teredo, documentation, 6to4. */
const specialIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const loopback = ['127.0.0.0/8', '::1/128'];

const publicIpv6 = listOf(globalIpv6);
const special = listOf([...specialIpv4, ...specialIpv6]);

/** @throws Error that names a network which is none. */
export function createAddressPolicy(
  allowedNetworks: readonly string[],
  allowLoopback: boolean,
): AddressPolicy {
  const allowed = listOf(allowLoopback ? [...allowedNetworks, ...loopback] : allowedNetworks);
  return {
    allows(address) {
      const family = isIP(address);
      // A zone (`%eth0`) names a link of this machine.
      if (family === 0 || address.includes('%')) return false;
      const type = family === 4 ? 'ipv4' : 'ipv6';
      if (allowed.check(address, type)) return true;
      return !special.check(address, type) && (family === 4 || publicIpv6.check(address, type));
    },
  };
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
