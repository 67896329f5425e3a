/** Binds new tokens to whoever asks for them: by a DPoP proof (RFC 9449 section 5) or a TLS client certificate (RFC 8705). */

import type { ClientCertificates } from '@gatehouse/caller-auth/sender-constraint/client-certificates';
import type { Confirmation } from '@gatehouse/caller-auth/sender-constraint/confirmation';
import {
  type DpopProof,
  type DpopProofs,
  DpopRefusal,
} from '@gatehouse/caller-auth/sender-constraint/dpop-proof';
import type { SenderRequest } from '@gatehouse/caller-auth/sender-constraint/sender';
import { invalidRequest, OAuthError } from '@gatehouse/service-kit/errors/oauth-error';
import type { SingleUse } from '@gatehouse/service-kit/redis/single-use';
import type { Client } from '../clients/client.ts';

export interface SenderConstraints {
  /**
   * The proof that the request carries, if any. To be read before the client is authenticated: who must come again with
   * a nonce has not used up an assertion. @throws OAuthError invalid_dpop_proof, use_dpop_nonce
   */
  readProof(request: SenderRequest): Promise<DpopProof> | undefined;
  /**
   * What the tokens of this client's request are bound to; uses the proof up.
   * @throws OAuthError when the client must prove something and does not
   */
  bind(
    client: Client,
    request: SenderRequest,
    proof: DpopProof | undefined,
  ): Promise<Confirmation> | Confirmation | undefined;
  /** Uses a proof up where nothing is bound yet. @throws OAuthError invalid_dpop_proof for the second use */
  use(proof: DpopProof): Promise<void>;
}

export interface SenderConstraintsOptions {
  proofs: DpopProofs;
  certificates: ClientCertificates;
  singleUse: SingleUse;
}

export function createSenderConstraints(options: SenderConstraintsOptions): SenderConstraints {
  const { proofs, certificates, singleUse } = options;

  /** Each proof counts once, on all replicas (RFC 9449 section 11.1). */
  async function use({ jkt, jti, untilMs }: DpopProof): Promise<void> {
    if (await singleUse.take('proof', [jkt, jti], untilMs)) return;
    throw new OAuthError('invalid_dpop_proof', 400, 'The DPoP proof is refused: its jti was used before');
  }

  async function bindTo(proof: DpopProof, certificate: Confirmation | undefined): Promise<Confirmation> {
    await use(proof);
    return { jkt: proof.jkt, ...certificate };
  }

  /** RFC 8705 section 3; any certificate will do, since it is the very one that the token is then bound to. */
  function certificateOf(client: Client, request: SenderRequest): Confirmation | undefined {
    if (!client.tlsClientCertificateBoundAccessTokens) return undefined;
    const thumbprint = certificates.thumbprintOf(request);
    if (thumbprint !== undefined) return { 'x5t#S256': thumbprint };
    throw invalidRequest('This client must come with a TLS client certificate', {
      detail: certificates.areSeen
        ? 'tlsClientCertificateBoundAccessTokens is registered'
        : 'no certificate is ever seen: set GATEHOUSE_TLS_CLIENT_CERTIFICATES or GATEHOUSE_CLIENT_CERTIFICATE_HEADER',
    });
  }

  return {
    use,
    readProof: (request) => proofs.read(request)?.catch(answerRefusal),
    bind(client, request, proof) {
      const certificate = certificateOf(client, request);
      if (proof !== undefined) return bindTo(proof, certificate);
      if (!client.dpopBoundAccessTokens) return certificate;
      throw invalidRequest('This client must send a DPoP proof in the header DPoP', {
        detail: 'dpopBoundAccessTokens is registered',
      });
    },
  };
}

function answerRefusal(error: unknown): never {
  if (error instanceof DpopRefusal) {
    throw new OAuthError(error.error, 400, error.message, { dpopNonce: error.nonce });
  }
  throw error;
}
