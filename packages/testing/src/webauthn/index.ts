/** Names what tests may use of authenticators. */
export {
  type Authenticator,
  createAuthenticator,
  type Page,
} from './authenticator.ts';
export { createModel, metadataBlobOf } from './model.ts';
