/** The packages bring no types; this much is used here. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export default class Provider {
    constructor(issuer: string, configuration: object);
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
    Grant: new (
      facts: object,
    ) => { addOIDCScope(scope: string): void; save(): Promise<string> };
  }
}

declare module 'samlp' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  type Handler = (
    request: IncomingMessage,
    response: ServerResponse,
    next?: (error: unknown) => void,
  ) => void;
  interface Parsed {
    assertionConsumerServiceURL: string;
  }
  const samlp: {
    auth(options: object): Handler;
    metadata(options: object): Handler;
    parseRequest(
      request: IncomingMessage,
      options: object,
      done: (error: unknown, parsed?: Parsed) => void,
    ): void;
  };
  export default samlp;
}
