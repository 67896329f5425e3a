/** Defines client metadata on the wire (RFC 7591 section 2, OpenID Connect Dynamic Client Registration section 2). */
import { anyJson, freeText } from '@gatehouse/contracts/text';
import { z } from 'zod';

const text = freeText(2048);
const texts = z.array(text).max(200);

/** RFC 7591 section 2 lets a server ignore other members; it must not fetch anything from their addresses. */
export const metadataSchema = z
  .object({
    redirect_uris: texts.optional(),
    token_endpoint_auth_method: text.optional(),
    grant_types: texts.optional(),
    response_types: texts.optional(),
    client_name: text.optional(),
    client_uri: text.optional(),
    policy_uri: text.optional(),
    tos_uri: text.optional(),
    logo_uri: text
      .optional()
      .describe('Fetched and stored once. Left out of the answer where it leads to no picture.'),
    scope: text.optional().describe('Scope values separated by spaces'),
    jwks: anyJson().optional(),
    jwks_uri: text.optional(),
    post_logout_redirect_uris: texts.optional(),
    frontchannel_logout_uri: text.optional(),
    frontchannel_logout_session_required: z.boolean().optional(),
    backchannel_logout_uri: text.optional(),
    backchannel_logout_session_required: z.boolean().optional(),
    id_token_signed_response_alg: text.optional(),
    userinfo_signed_response_alg: text.optional(),
    authorization_signed_response_alg: text.optional().describe('JARM'),
    authorization_encrypted_response_alg: text.optional(),
    authorization_encrypted_response_enc: text.optional(),
    introspection_signed_response_alg: text.optional().describe('RFC 9701'),
    introspection_encrypted_response_alg: text.optional(),
    introspection_encrypted_response_enc: text.optional(),
    id_token_encrypted_response_alg: text.optional(),
    id_token_encrypted_response_enc: text.optional(),
    userinfo_encrypted_response_alg: text.optional(),
    userinfo_encrypted_response_enc: text.optional(),
    request_object_signing_alg: text.optional(),
    require_signed_request_object: z.boolean().optional().describe('RFC 9101'),
    require_pushed_authorization_requests: z.boolean().optional().describe('RFC 9126'),
    dpop_bound_access_tokens: z.boolean().optional().describe('RFC 9449'),
    tls_client_certificate_bound_access_tokens: z.boolean().optional().describe('RFC 8705'),
    default_max_age: z.int().optional(),
    authorization_details_types: texts.optional().describe('RFC 9396'),
    subject_type: text.optional(),
    sector_identifier_uri: text.optional(),
    software_statement: anyJson().optional(),
  })
  .catchall(anyJson());

export type ClientMetadata = z.infer<typeof metadataSchema>;

/** RFC 7592 section 2.2: an update names the client, and its secret if it has one. */
export const updatedMetadataSchema = metadataSchema.extend({
  client_id: text,
  client_secret: text.optional(),
});

export const registrationAnswerSchema = z.looseObject({
  client_id: z.string(),
  client_id_issued_at: z.int(),
  client_secret: z.string().optional().describe('Shown once'),
  client_secret_expires_at: z.int().optional().describe('0: it does not expire'),
  registration_access_token: z.string().optional().describe('Shown once'),
  registration_client_uri: z.string(),
});
