/** Names what others may use of tokens that belong to their sender alone. */
export type { ClientCertificates } from './client-certificates.ts';
export { type Confirmation, isProvenBy } from './confirmation.ts';
export { createDpopNonces } from './dpop-nonces.ts';
export {
  advertiseNonces,
  createDpopProofs,
  type DpopProof,
  type DpopProofs,
  DpopRefusal,
  dpopAlgorithms,
} from './dpop-proof.ts';
export { advertiseMetadata, metadataPathOf, resourceMetadata } from './resource-metadata.ts';
export { createResourceTokens, type ResourceTokens, readAccessToken } from './resource-tokens.ts';
export type { SenderRequest } from './sender.ts';
export {
  certificateHeaderProblems,
  certificateHeaderSettings,
  clientCertificatesOf,
  dpopNonceSetting,
} from './settings.ts';
