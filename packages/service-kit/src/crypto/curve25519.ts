/** Finds the points of small order on Curve25519 and its Edwards form (RFC 7748, RFC 8032): keys that prove nothing. */

const p = 2n ** 255n - 19n;
const a = 486_662n;

/**
 * Both curves have the cofactor 8: three doublings take a point of small order to infinity, and no other one. The coordinate u
 * is doubled as a fraction x : z, and z is 0 at infinity.
 */
export function isSmallOrder(kind: 'ed25519' | 'x25519', key: Uint8Array): boolean {
  // RFC 7748 section 5, RFC 8032 section 5.1.3: the highest bit is no part of the coordinate. It may be written beyond p.
  const coordinate = littleEndian(key) % 2n ** 255n;
  // RFC 7748 section 4.1: u = (1 + y) / (1 - y).
  let [x, z] = kind === 'x25519' ? [mod(coordinate), 1n] : [mod(1n + coordinate), mod(1n - coordinate)];
  for (let doublings = 0; doublings < 3; doublings += 1) {
    const [xx, zz, xz] = [x * x, z * z, x * z];
    [x, z] = [mod((xx - zz) ** 2n), mod(4n * xz * (xx + a * xz + zz))];
  }
  return z === 0n;
}

function mod(value: bigint): bigint {
  return ((value % p) + p) % p;
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}
