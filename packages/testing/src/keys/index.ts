/** Names what tests may use of keys and certificates, weak ones too. */
export { createAuthority, type Identity } from './certificates.ts';
export { makeProviderKey, type ProviderKey } from './provider-key.ts';
export {
  forgedJwt,
  jwkDividedBy,
  jwkOfFlawedLibrary,
  jwkOfManyFactors,
  jwkOfNeighbours,
  jwkOfPoint,
  jwkOfPrime,
  jwkThatChangesNothing,
  jwkWithExponent,
  keyWithSmallExponent,
  smallOrderPoints,
} from './weak-keys.ts';
