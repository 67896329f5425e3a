import { describe, expect, it } from 'vitest';
import { createAddressPolicy } from '../src/http/address-policy.ts';

describe('addresses of outbound calls (threat 71)', () => {
  const strict = createAddressPolicy([], false);

  it('are public ones', () => {
    for (const address of ['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '2a00:1450::1']) {
      expect(strict.allows(address), address).toBe(true);
    }
  });

  it('are never this machine, a private network, a link, or an IPv4 address in IPv6 clothes', () => {
    const refused = [
      ...['0.0.0.0', '127.0.0.1', '127.9.9.9', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
      ...['169.254.169.254', '100.64.0.1', '192.0.2.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
      ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12:3456::1', 'ff02::1', '2001:db8::1'],
      // Mapped, compatible, NAT64 (both prefixes), 6to4, Teredo.
      ...['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::7f00:1', '64:ff9b::a00:1', '64:ff9b:1::a00:1'],
      ...['2002:7f00:1::', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
      ...['localhost', '', '2130706433', '0x7f.1'],
    ];
    for (const address of refused) expect(strict.allows(address), address).toBe(false);
  });

  it('may be in a network that the operator names, also when it is written as a mapped address', () => {
    const policy = createAddressPolicy(['10.20.0.0/16', 'fd00:1::/32'], false);

    expect(policy.allows('10.20.3.4')).toBe(true);
    expect(policy.allows('::ffff:10.20.3.4')).toBe(true);
    expect(policy.allows('fd00:1::9')).toBe(true);
    expect(policy.allows('10.21.0.1')).toBe(false);
    expect(policy.allows('127.0.0.1')).toBe(false);
  });

  it('are loopback only where that was asked for', () => {
    const local = createAddressPolicy([], true);

    expect(['127.0.0.1', '::1'].every((address) => local.allows(address))).toBe(true);
    expect(local.allows('10.0.0.1')).toBe(false);
  });

  it('cannot be configured as something that is no network', () => {
    for (const text of ['10.0.0.0', '10.0.0.0/33', 'fd00::/129', 'example.com/8', '10.0.0.0/-1', '/8']) {
      expect(() => createAddressPolicy([text], false), text).toThrow('is no network');
    }
  });
});
