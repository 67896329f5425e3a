/** The parts of an HTTP request that can prove who sent it; a Fastify request has them. */
export interface SenderRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>> & {
    readonly authorization?: string | undefined;
  };
  /** Absent where there is no connection, as in tests. */
  readonly socket?: SenderSocket;
}

interface SenderSocket {
  readonly remoteAddress?: string | undefined;
  /** Of a TLS socket (`node:tls`). */
  getPeerCertificate?(): { raw?: Uint8Array };
}
