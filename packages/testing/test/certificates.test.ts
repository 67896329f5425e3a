import { expect, test } from 'vitest';
import { createAuthority } from '../src/keys/certificates.ts';

/** Lengths of values in DER, also of those inside, that a strict reader such as Go's refuses. */
function lengthsInTooManyBytes(der: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at < der.length; ) {
    const tag = der.readUInt8(at);
    const first = der.readUInt8(at + 1);
    const more = first < 0x80 ? 0 : first & 0x7f;
    const length = more === 0 ? first : der.readUIntBE(at + 2, more);
    if (more > 0 && length < (more === 1 ? 0x80 : 0x100 ** (more - 1))) found.push(length);
    const content = der.subarray(at + 2 + more, at + 2 + more + length);
    // Extensions are octets that hold DER again.
    if ((tag & 0x20) !== 0 || (tag === 0x04 && content[0] === 0x30))
      found.push(...lengthsInTooManyBytes(content));
    at += 2 + more + length;
  }
  return found;
}

test('writes each length of a certificate in as few bytes as possible, however many names it has', () => {
  const authority = createAuthority('company authority');
  for (let count = 1; count < 20; count += 1) {
    const names = Array.from({ length: count }, (_, index) => `replica-${index}.config.example`);
    const [, base64 = ''] = authority.issue({ names }).cert.split(/-----[A-Z ]+-----/);

    expect(lengthsInTooManyBytes(Buffer.from(base64, 'base64'))).toEqual([]);
  }
});
