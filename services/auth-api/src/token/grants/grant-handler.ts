/** What a grant is to the token endpoint: a name, the parameters it reads, and a proof that ends in tokens. */
import type { Confirmation } from '@gatehouse/caller-auth/sender-constraint/confirmation';
import type { Client } from '../../clients/client.ts';
import type { RequestParameters } from '../../protocol/parameters.ts';
import type { TokenAnswer } from '../../tokens/token-answer.ts';

export interface GrantRequest {
  client: Client;
  /** Only the parameters that the grant declares. */
  parameters: RequestParameters;
  /** The `scope` parameter, parsed; undefined when it was left out. */
  scope: string[] | undefined;
  /** What the sender proved to hold: the access token is bound to it. */
  cnf: Confirmation | undefined;
  clientAddress: string;
  correlationId: string;
}

export interface GrantHandler {
  /** Value of `grant_type`. */
  grantType: string;
  /** Everything else in the form is dropped before the grant sees it. */
  parameters: readonly string[];
  /** @throws OAuthError with the code of the RFC; `detail` is for the log only. */
  handle(request: GrantRequest): Promise<TokenAnswer>;
}
