/** Makes the discovery document (OpenID Connect Discovery, RFC 8414). */

import { dpopAlgorithms } from '@gatehouse/caller-auth/sender-constraint';
import { contentEncryptions, encryptionAlgorithms, responseTypes } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Config } from '../../config.ts';
import { assertionAlgorithms } from '../../core/assertions/verify-jwt.ts';
import { supportedContexts } from '../../core/protocol/authentication-context.ts';
import { offlineScope, openidScope } from '../../core/protocol/parameters.ts';
import { responseModes } from '../../core/protocol/response-types.ts';
import { claimScopes, namesOfEveryLogin } from '../../core/protocol/user-claims.ts';
import { promptValues } from '../authorize/authorization-checks.ts';
import { mtlsBaseOf } from '../client-authentication/client-assertion.ts';
import type { UserResources } from './user-resources.ts';

/** Features that depend on settings. */
export interface Offers {
  requiresPushed: boolean;
  /** Whether clients may register themselves. */
  registration: boolean;
  /** Whether some clients may describe themselves in documents. */
  clientDocuments: boolean;
  /** Whether this installation sees client certificates. */
  certificates: boolean;
  /** Origin that requests client certificates, if it is another one. */
  mtlsUrl: string | undefined;
}

export function offersOf(
  {
    authorization,
    http,
    mtls,
    registration: { documentHosts },
  }: Pick<Config, 'authorization' | 'http' | 'mtls' | 'registration'>,
  registration: boolean,
): Offers {
  return {
    requiresPushed: authorization.requirePushed,
    registration,
    clientDocuments: documentHosts.length > 0,
    certificates: http.tls.clientCertificates || mtls.header !== undefined,
    mtlsUrl: mtls.url,
  };
}

interface DiscoveryFacts {
  issuer: string;
  grantTypes: string[];
  signingAlgorithms: string[];
  offers: Offers;
  resources: UserResources;
  /** Registered by resources. */
  detailTypes: string[];
}

/** Every address is below the issuer, whatever host the request named. */
export function discoveryDocument(facts: DiscoveryFacts) {
  const { issuer, grantTypes, signingAlgorithms, offers, resources, detailTypes } = facts;
  const mtlsBase = mtlsBaseOf(issuer, offers.mtlsUrl);
  const confidentialMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    userinfo_endpoint: `${issuer}/openid/userinfo`,
    // RFC 9728 section 4.
    protected_resources: resources.map(({ resource }) => resource),
    jwks_uri: `${issuer}/oauth/jwks`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    pushed_authorization_request_endpoint: `${issuer}/oauth/par`,
    device_authorization_endpoint: `${issuer}/oauth/device`,
    backchannel_authentication_endpoint: `${issuer}/oauth/backchannel`,
    backchannel_token_delivery_modes_supported: ['poll'],
    backchannel_authentication_request_signing_alg_values_supported: assertionAlgorithms,
    backchannel_user_code_parameter_supported: true,
    ...definedOnly({
      registration_endpoint: offers.registration ? `${issuer}/oauth/register` : undefined,
      mtls_endpoint_aliases: mtlsBase === undefined ? undefined : mtlsAliases(mtlsBase),
    }),
    // draft-ietf-oauth-client-id-metadata-document-02 section 6.
    client_id_metadata_document_supported: offers.clientDocuments,
    require_pushed_authorization_requests: offers.requiresPushed,
    end_session_endpoint: `${issuer}/oauth/logout`,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    // Each client may use the ones of its registration.
    response_types_supported: responseTypes,
    response_modes_supported: responseModes,
    authorization_signing_alg_values_supported: signingAlgorithms,
    authorization_encryption_alg_values_supported: encryptionAlgorithms,
    authorization_encryption_enc_values_supported: contentEncryptions,
    grant_types_supported: [...grantTypes, 'implicit'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: signingAlgorithms,
    id_token_encryption_alg_values_supported: encryptionAlgorithms,
    id_token_encryption_enc_values_supported: contentEncryptions,
    userinfo_signing_alg_values_supported: signingAlgorithms,
    userinfo_encryption_alg_values_supported: encryptionAlgorithms,
    userinfo_encryption_enc_values_supported: contentEncryptions,
    token_endpoint_auth_methods_supported: [...confidentialMethods, 'none'],
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    introspection_endpoint_auth_methods_supported: confidentialMethods,
    introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    introspection_signing_alg_values_supported: signingAlgorithms,
    introspection_encryption_alg_values_supported: encryptionAlgorithms,
    introspection_encryption_enc_values_supported: contentEncryptions,
    revocation_endpoint_auth_methods_supported: [...confidentialMethods, 'none'],
    revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    code_challenge_methods_supported: ['S256'],
    dpop_signing_alg_values_supported: dpopAlgorithms,
    tls_client_certificate_bound_access_tokens: offers.certificates,
    scopes_supported: [openidScope, ...claimScopes, offlineScope],
    // RFC 9396 section 10.
    authorization_details_types_supported: detailTypes,
    prompt_values_supported: promptValues,
    acr_values_supported: supportedContexts,
    claim_types_supported: ['normal'],
    claims_supported: [
      'iss',
      'sub',
      'aud',
      'exp',
      'iat',
      'auth_time',
      'nonce',
      'acr',
      'amr',
      'at_hash',
      'c_hash',
      'sid',
      ...namesOfEveryLogin,
      'user_name',
      'environment_id',
      'contact_center_id',
    ],
    claims_parameter_supported: true,
    request_parameter_supported: true,
    request_object_signing_alg_values_supported: assertionAlgorithms,
    // Clients cannot name an address; request_uri of a pushed request always works (RFC 9126 section 5). The default is true.
    request_uri_parameter_supported: false,
    authorization_response_iss_parameter_supported: true,
  };
}

/** RFC 8705 section 5: the endpoints that clients call directly. */
function mtlsAliases(base: string) {
  return {
    token_endpoint: `${base}/oauth/token`,
    introspection_endpoint: `${base}/oauth/introspect`,
    revocation_endpoint: `${base}/oauth/revoke`,
    pushed_authorization_request_endpoint: `${base}/oauth/par`,
    device_authorization_endpoint: `${base}/oauth/device`,
    backchannel_authentication_endpoint: `${base}/oauth/backchannel`,
    userinfo_endpoint: `${base}/openid/userinfo`,
  };
}
