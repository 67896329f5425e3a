/** The parts of an HTTP request that can prove who sent it; a Fastify request has them. */
export interface SenderRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>> & {
    readonly authorization?: string | undefined;
  };
}
