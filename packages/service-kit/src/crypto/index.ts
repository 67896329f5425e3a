/** Names what others may use of secrets, seals and the strength of keys. */
export { consoleClientSecrets, consoleKeys } from './console-keys.ts';
export { type KeyStrengthOptions, weaknessOf, weaknessOfCertificate } from './key-strength.ts';
export { linesOf, Secret } from './secret.ts';
export { createSecretBox, deriveMacKeys, type SecretBox, type SecretPlace } from './secret-box.ts';
export {
  digestSecret,
  equalDigests,
  generateSecret,
  isDigest,
  matchesDigest,
  randomBytes,
  randomToken,
  randomUuid,
  safeEqual,
  sha256,
  uuidOf,
} from './secrets.ts';
export { checkWebhookKeys, webhookHeaders } from './webhook-signature.ts';
