/** Half precision (IEEE 754 binary16), which CBOR knows and buffers do not. */

const lowestExponent = -14;
const highestExponent = 15;
const fractionBits = 10;

/** The 16 bits, or undefined when the value needs a wider form. */
export function halfBits(value: number): number | undefined {
  const magnitude = Math.abs(value);
  const exponent = Math.max(lowestExponent, Math.floor(Math.log2(magnitude)));
  if (exponent > highestExponent) return undefined;
  const significand = magnitude / 2 ** (exponent - fractionBits);
  if (!Number.isInteger(significand) || significand > 0x7ff) return undefined;
  const sign = value < 0 ? 0x8000 : 0;
  if (significand < 0x400) return sign | significand;
  return sign | ((exponent - lowestExponent + 1) << fractionBits) | (significand - 0x400);
}

export function halfValue(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> fractionBits) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** (lowestExponent - fractionBits);
  return sign * (fraction + 0x400) * 2 ** (exponent - 1 + lowestExponent - fractionBits);
}
