/** Describes the settings that the playground is started with. */
import type { Credentials } from './calls/secret.ts';
import type { IssuerAddress } from './issuer.ts';

export interface ChainService extends Credentials {
  audience: string;
  scope: string;
}

export interface PlaygroundOptions extends IssuerAddress {
  port: number;
  /** Where this application is reached. */
  url: string;
  /** The authority that programs must trust to call the issuer. */
  caFile: string | undefined;
  /** Demo people, offered on the first page. */
  users: { username: string; tenant: string; password: string }[];
  /** The operator account, offered on the pages of the APIs. */
  operator: { username: string; password: string };
  /** Scopes that the application asks for at sign-in. */
  scope: string[];
  client: Credentials;
  /** A service behind the application, which exchanges users' tokens. */
  service: Credentials & { audience: string; scope: string };
  chain: ChainService[];
  flows: { dpop: Credentials; jarm: Credentials; device: Credentials; approval: Credentials };
  /** As a person types it, for the field of the call desk. */
  loginHint: string;
  approvalsUrl: string;
}
