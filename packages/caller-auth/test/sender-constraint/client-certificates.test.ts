import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAuthority } from '../../../testing/src/keys/certificates.ts';
import { keyWithSmallExponent } from '../../../testing/src/keys/weak-keys.ts';
import {
  type CertificateFormat,
  createClientCertificates,
} from '../../src/sender-constraint/client-certificates.ts';

const { cert } = createAuthority().issue({ names: ['client'] });
const der = new X509Certificate(cert).raw;
const thumbprint = createHash('sha256').update(der).digest('base64url');
const pem = encodeURIComponent(cert);
const xfcc = `Hash=00ff;Cert="${pem}";Subject="CN=client,O=x";URI=spiffe://a`;
const rfc9440 = `:${der.toString('base64')}:`;

const seen = (value: string | string[] | undefined, format: CertificateFormat = 'pem', from = '10.1.2.3') =>
  createClientCertificates({
    fromSocket: false,
    header: { name: 'client-cert', format },
    trustedProxies: ['10.0.0.0/8', '192.0.2.7', 'fd00::/8'],
  }).thumbprintOf({
    method: 'GET',
    url: '/',
    headers: { 'client-cert': value },
    socket: { remoteAddress: from, getPeerCertificate: () => ({ raw: Buffer.from('of the proxy') }) },
  });

describe('the certificate in the header of a proxy', () => {
  it.each<[CertificateFormat, string]>([
    ['pem', pem],
    ['xfcc', xfcc],
    ['rfc9440', rfc9440],
  ])('is read as %s', (format, value) => {
    expect(seen(value, format)).toBe(thumbprint);
  });

  // attack: client certificate whose key proves nothing | CWE-326 | guard: packages/caller-auth/src/sender-constraint/client-certificates.ts
  it('is none where its key is too weak, by header and by socket', () => {
    const { publicKey } = keyWithSmallExponent(3);
    const weak = createAuthority().issue({ names: ['client'], publicKey }).cert;
    expect(seen(encodeURIComponent(weak))).toBeUndefined();
    const bySocket = createClientCertificates({ fromSocket: true, trustedProxies: [] });
    const shown = (raw: Buffer) =>
      bySocket.thumbprintOf({
        ...{ method: 'GET', url: '/', headers: {} },
        socket: { getPeerCertificate: () => ({ raw }) },
      });
    for (let time = 0; time < 2; time += 1) {
      expect(shown(new X509Certificate(weak).raw)).toBeUndefined();
      expect(shown(der)).toBe(thumbprint);
    }
  });

  it.each(['192.0.2.7', '::ffff:10.9.9.9', 'fd00::1'])('is believed from %s', (address) => {
    expect(seen(pem, 'pem', address)).toBe(thumbprint);
  });

  // attack: client certificate in the header of a stranger | CVE-2024-10039 | guard: packages/caller-auth/src/sender-constraint/client-certificates.ts
  it.each(['192.0.2.8', '203.0.113.5', '::1', ''])('is not believed from %s', (address) => {
    expect(seen(pem, 'pem', address)).toBeUndefined();
  });

  it.each<[string, CertificateFormat, string | string[] | undefined]>([
    ['nothing', 'pem', undefined],
    [
      'what is no certificate',
      'pem',
      encodeURIComponent('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'),
    ],
    ['a private key', 'pem', encodeURIComponent('-----BEGIN PRIVATE KEY-----')],
    ['broken encoding', 'pem', '%E0%A4%A'],
    ['two headers', 'pem', [pem, pem]],
    ['two hops', 'xfcc', `${xfcc},${xfcc}`],
    ['a hop without certificate', 'xfcc', 'Hash=00ff;Subject="CN=a"'],
    ['base64 without colons', 'rfc9440', der.toString('base64')],
    ['an endless text', 'pem', 'x'.repeat(20_000)],
  ])('proves nothing by %s', (_name, format, value) => {
    expect(seen(value, format)).toBeUndefined();
  });

  it('counts alone where it is configured, so that the certificate of the proxy is nobody else’s', () => {
    expect(seen(undefined)).toBeUndefined();
  });
});

describe('the certificate of the socket', () => {
  it('counts where it is asked for, whatever a header says', () => {
    const request = {
      method: 'GET',
      url: '/',
      headers: { 'client-cert': 'spoofed' },
      socket: { remoteAddress: '10.1.2.3', getPeerCertificate: () => ({ raw: der }) },
    };
    const asked = createClientCertificates({ fromSocket: true, trustedProxies: [] });
    const plain = createClientCertificates({ fromSocket: false, trustedProxies: [] });

    expect([asked.areSeen, asked.thumbprintOf(request)]).toEqual([true, thumbprint]);
    expect([plain.areSeen, plain.thumbprintOf(request)]).toEqual([false, undefined]);
    expect(asked.thumbprintOf({ ...request, socket: {} })).toBeUndefined();
  });
});
