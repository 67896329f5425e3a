/** Reduces a network address to the part that one attacker controls as a whole. */
import { isIPv4, isIPv6 } from 'node:net';

/** IPv4 as it is, also when written inside IPv6; of IPv6 the /64 that a single line is given. */
export function addressGroup(address: string): string {
  const plain = address.replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  if (isIPv4(plain)) return plain;
  return isIPv6(plain) ? `${expand(plain).slice(0, 4).join(':')}::/64` : 'unknown';
}

/** The network that people of one place share: /24 of IPv4, /64 of IPv6. Undefined where there is no address. */
export function addressNetwork(address: string): string | undefined {
  const group = addressGroup(address);
  if (group === 'unknown') return undefined;
  return isIPv4(group) ? `${group.slice(0, group.lastIndexOf('.'))}.0/24` : group;
}

function expand(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...right].map((part) =>
    Number.parseInt(part, 16).toString(16),
  );
}
