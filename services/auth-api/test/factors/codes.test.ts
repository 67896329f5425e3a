/** Time-based one-time codes as RFC 6238 computes them, and codes that people type. */
import { describe, expect, it } from 'vitest';
import { makeSpokenCode, readSpokenCode } from '../../src/factors/store/spoken-code.ts';
import { base32Of, makeTotpSecret, readTotpCode, stepOf, totpUri } from '../../src/factors/totp/codes.ts';

const seconds = (second: number) => second * 1000;

describe('one-time codes', () => {
  // RFC 6238, appendix B; the secrets are those of the RFC's erratum 2866, as long as the hash.
  const secrets = {
    SHA1: Buffer.from('12345678901234567890'),
    SHA256: Buffer.from('12345678901234567890123456789012'),
  };
  it.each([
    [59, 'SHA1', '94287082'],
    [59, 'SHA256', '46119246'],
    [1_111_111_109, 'SHA1', '07081804'],
    [1_111_111_109, 'SHA256', '68084774'],
    [1_111_111_111, 'SHA1', '14050471'],
    [1_111_111_111, 'SHA256', '67062674'],
    [1_234_567_890, 'SHA1', '89005924'],
    [1_234_567_890, 'SHA256', '91819424'],
    [2_000_000_000, 'SHA1', '69279037'],
    [2_000_000_000, 'SHA256', '90698825'],
    [20_000_000_000, 'SHA1', '65353130'],
    [20_000_000_000, 'SHA256', '77737706'],
  ] as const)(
    'at %d s by %s are those of RFC 6238, with eight digits and with six',
    (at, algorithm, code) => {
      const step = Math.floor(at / 30);
      const secret = secrets[algorithm];
      expect(stepOf(code, secret, { digits: 8, algorithm }, seconds(at))).toBe(step);
      expect(stepOf(code.slice(2), secret, { digits: 6, algorithm }, seconds(at))).toBe(step);
      expect(stepOf(code, secret, { digits: 6, algorithm }, seconds(at))).toBeUndefined();
    },
  );

  // RFC 4226, appendix D: RFC 6238 counts time steps where this one counts events.
  it.each(
    [755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489].map(
      (code, count) => [count, String(code)] as const,
    ),
  )('of count %d are those of RFC 4226: %s', (count, code) => {
    const form = { digits: 6, algorithm: 'SHA1' } as const;
    expect(stepOf(code, secrets.SHA1, form, seconds(30 * count))).toBe(count);
  });

  it('count one step before and after their time, and none further', () => {
    const form = { digits: 8, algorithm: 'SHA1' } as const;
    const at = 1_234_567_890;
    const judged = (offset: number) => stepOf('89005924', secrets.SHA1, form, seconds(at + offset));
    expect([-60, -30, 0, 30, 60].map(judged)).toEqual([
      undefined,
      ...[41_152_263, 41_152_263, 41_152_263],
      undefined,
    ]);
  });

  it.each(['123 456', '１２３４５６', '١٢٣٤٥٦', '۱۲۳۴۵۶', ' 123456\n'])(
    'are read as they were meant: %j',
    (typed) => {
      expect(readTotpCode(typed)).toBe('123456');
    },
  );

  it.each(['', '-23456', '+23456', '1e5000', '0x1234', '12345', '1234567', '123456789012345678901234567890'])(
    'are no code, and are refused: %j',
    (typed) => {
      expect(
        stepOf(readTotpCode(typed), secrets.SHA1, { digits: 6, algorithm: 'SHA1' }, 59_000),
      ).toBeUndefined();
    },
  );

  it.each([
    ['SHA1', 20],
    ['SHA256', 32],
  ] as const)('have a secret as long as %s, and an address that apps scan', (algorithm, bytes) => {
    const secret = makeTotpSecret(algorithm);
    expect(secret.length).toBe(bytes);
    const uri = new URL(
      totpUri(secret, { digits: 8, algorithm }, { issuer: 'Acme & Söhne', account: 'acme\\mira: 1' }),
    );
    expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual([
      'otpauth:',
      'totp',
      '/Acme & Söhne:acme\\mira: 1',
    ]);
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      ...{ issuer: 'Acme & Söhne', algorithm, digits: '8', period: '30' },
      secret: base32Of(secret),
    });
  });
});

describe('codes that people dictate', () => {
  it('are read as they were meant', () => {
    expect(readSpokenCode(' oil1-0abc–d e ')).toBe('01110ABCDE');
    const code = makeSpokenCode(4, 4);
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(readSpokenCode(code.toLowerCase().replaceAll('-', ''))).toBe(code.replaceAll('-', ''));
  });
});
