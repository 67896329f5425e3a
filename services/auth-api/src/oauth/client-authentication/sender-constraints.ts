/** Binds new tokens to the client that requests them: by a DPoP proof (RFC 9449 section 5) or a TLS client certificate (RFC 8705). */

import { invalidRequest, OAuthError } from '@gatehouse/caller-auth/oauth-errors';
import {
  type ClientCertificates,
  type Confirmation,
  type DpopProof,
  type DpopProofs,
  DpopRefusal,
  type SenderRequest,
} from '@gatehouse/caller-auth/sender-constraint';
import type { SingleUse } from '@gatehouse/service-kit/redis';
import type { Client } from '../../registry/clients/client.ts';

export type SenderConstraints = ReturnType<typeof createSenderConstraints>;

export interface SenderConstraintsOptions {
  proofs: DpopProofs;
  certificates: ClientCertificates;
  singleUse: SingleUse;
}

export function createSenderConstraints({ proofs, certificates, singleUse }: SenderConstraintsOptions) {
  /** RFC 9449 section 11.1: each proof counts once, on all replicas. @throws OAuthError invalid_dpop_proof */
  async function use({ jkt, jti, untilMs }: DpopProof): Promise<void> {
    if (await singleUse.take('proof', [jkt, jti], untilMs)) return;
    throw new OAuthError('invalid_dpop_proof', 400, 'The DPoP proof is refused: its jti was used before', {
      refusal: 'dpop_used',
    });
  }

  /** RFC 8705 section 3: any certificate is accepted, because the token is bound to this very one. */
  function certificateOf(client: Client, request: SenderRequest): Confirmation | undefined {
    if (!client.tlsClientCertificateBoundAccessTokens) return undefined;
    const thumbprint = certificates.thumbprintOf(request);
    if (thumbprint !== undefined) return { 'x5t#S256': thumbprint };
    throw invalidRequest('This client must come with a TLS client certificate', {
      refusal: 'certificate_missing',
      detail: certificates.areSeen
        ? 'tlsClientCertificateBoundAccessTokens is registered'
        : 'no certificate is ever seen: set GATEHOUSE_TLS_CLIENT_CERTIFICATES or GATEHOUSE_CLIENT_CERTIFICATE_HEADER',
    });
  }

  return {
    use,

    /**
     * The DPoP proof of the request, if it has one. Read it before the client is authenticated: a client that must
     * repeat its request with a nonce has then not used up its assertion.
     * @throws OAuthError invalid_dpop_proof, use_dpop_nonce
     */
    async readProof(request: SenderRequest): Promise<DpopProof | undefined> {
      const proof = request.headers['dpop'];
      if (proof === undefined) return undefined;
      try {
        // Node joins repeated headers with a comma, which no JWT contains: two proofs are refused.
        return await proofs.verify(String(proof), request);
      } catch (error) {
        if (!(error instanceof DpopRefusal)) throw error;
        throw new OAuthError(error.error, 400, error.message, {
          dpopNonce: error.nonce,
          refusal: 'dpop_refused',
        });
      }
    },

    /**
     * The key or certificate that the tokens of this client's request are bound to; uses the proof up.
     * @throws OAuthError when the client must prove something and does not
     */
    async bind(
      client: Client,
      request: SenderRequest,
      proof: DpopProof | undefined,
    ): Promise<Confirmation | undefined> {
      const certificate = certificateOf(client, request);
      if (proof !== undefined) {
        await use(proof);
        return { jkt: proof.jkt, ...certificate };
      }
      if (!client.dpopBoundAccessTokens) return certificate;
      throw invalidRequest('This client must send a DPoP proof in the header DPoP', {
        refusal: 'dpop_missing',
        detail: 'dpopBoundAccessTokens is registered',
      });
    },
  };
}
