/** Describes the parts of an HTTP request that can prove who sent it; a Fastify request has them. */
export interface SenderRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>> & {
    readonly authorization?: string | undefined;
  };
  /** Absent in tests without a connection. */
  readonly socket?: SenderSocket;
}

interface SenderSocket {
  readonly remoteAddress?: string | undefined;
  /** Exists on a TLS socket (`node:tls`). */
  getPeerCertificate?(): { raw?: Uint8Array };
}
