/** Libraries that bring no types: what the tests use of them. */

declare module 'passport-oauth2' {
  export interface Attempt {
    redirect(link: string): void;
    success(user: unknown): void;
    fail(challenge: unknown): void;
    error(error: Error): void;
    authenticate(request: { query: Record<string, string>; session: object }): void;
  }
  type Verify = (
    accessToken: string,
    refreshToken: string,
    profile: unknown,
    done: (error: Error | null, user: unknown) => void,
  ) => void;
  export default class OAuth2Strategy {
    constructor(options: Record<string, string | boolean>, verify: Verify);
  }
}

declare module 'simple-oauth2' {
  interface AccessToken {
    token: Record<string, unknown>;
    refresh(): Promise<AccessToken>;
    revokeAll(): Promise<void>;
  }
  interface Options {
    client: { id: string; secret: string };
    auth: Record<string, string>;
    options?: { authorizationMethod: 'header' | 'body' };
  }
  export class AuthorizationCode {
    constructor(options: Options);
    authorizeURL(parameters: Record<string, string>): string;
    getToken(parameters: Record<string, string>): Promise<AccessToken>;
  }
  export class ClientCredentials {
    constructor(options: Options);
    getToken(parameters: Record<string, string>): Promise<AccessToken>;
  }
  export class ResourceOwnerPassword {
    constructor(options: Options);
    getToken(parameters: Record<string, string>): Promise<AccessToken>;
  }
}
