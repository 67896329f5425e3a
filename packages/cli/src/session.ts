/** Opens what a command works with: the APIs of the profile, the output, the person at the terminal. */
import { createClientToken } from '@gatehouse/api-client/auth-api';
import {
  basicAuthorization,
  createHttpClient,
  type HttpClient,
  isLoopbackHost,
} from '@gatehouse/api-client/http';
import { definedOnly } from '@gatehouse/contracts/values';
import { type ExitCode, exitCodes, UsageError } from './failure/failure.ts';
import { createOutput, type Output } from './output/output.ts';
import { chosenProfile } from './profile/chosen.ts';
import type { Credentials, Profile } from './profile/profile.ts';
import { readNamed } from './terminal/files.ts';
import { confirm } from './terminal/prompts.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface GlobalOptions {
  profile?: string;
  json?: boolean;
  yes?: boolean;
  timeout?: number;
  insecureHttp?: boolean;
}

export interface Session {
  readonly terminal: Terminal;
  readonly output: Output;
  /** Exit code of a command that throws nothing; commands whose answer can be "no" set it. */
  exitCode: ExitCode;
  /** As what the profile is asked. */
  readonly credentials: Credentials['kind'];
  /** Authenticated as the profile says; opened at its first use. */
  readonly authApi: HttpClient;
  readonly environmentApi: HttpClient;
  /** The authorities of the profile, in PEM; undefined: those of the system. */
  readonly authorities: string | undefined;
  /** For what everybody may ask. */
  withoutCredentials(dependency: string, baseUrl: string): HttpClient;
  /** Asks before what cannot be undone. `names`: of what is deleted; the person types them instead of a yes. @throws UsageError unless the answer is yes */
  sure(question: string, names?: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const maxBodyBytes = 1024 * 1024 * 1024;

const defaultTimeoutSeconds = 60;

/** `timeoutSeconds`: maximum wait for an answer unless --timeout sets one. */
export function openSession(
  terminal: Terminal,
  options: GlobalOptions,
  timeoutSeconds = defaultTimeoutSeconds,
): Session {
  const clients: HttpClient[] = [];
  let profile: Profile | undefined;
  let authApi: HttpClient | undefined;
  let environmentApi: HttpClient | undefined;
  let authorization: (() => Promise<string>) | undefined;

  function authorities(): string | undefined {
    const { caFile } = chosen();
    return caFile && readNamed(caFile, `The authorities ${caFile}`).toString();
  }

  function client(dependency: string, baseUrl: string, authorizes?: () => Promise<string>): HttpClient {
    if (authorizes) requireProtected(baseUrl, options);
    const http = createHttpClient(
      definedOnly({
        dependency,
        baseUrl: new URL(baseUrl).origin,
        timeoutMs: (options.timeout ?? timeoutSeconds) * 1000,
        maxBodyBytes,
        authorization: authorizes,
        ca: authorities(),
      }),
    );
    clients.push(http);
    return http;
  }

  function chosen(): Profile {
    profile ??= chosenProfile(terminal, options.profile);
    return profile;
  }

  function authorize(): () => Promise<string> {
    authorization ??= authorizationOf(chosen());
    return authorization;
  }

  function authorizationOf({ url, credentials }: Profile): () => Promise<string> {
    switch (credentials.kind) {
      case 'operator':
        return async () => basicAuthorization(credentials.username, credentials.password);
      case 'token':
        return async () => `Bearer ${credentials.token}`;
      case 'client': {
        const own = client('Auth API', url, async () =>
          basicAuthorization(credentials.clientId, credentials.clientSecret),
        );
        const token = createClientToken(own);
        return async () => `Bearer ${await token()}`;
      }
    }
  }

  return {
    terminal,
    exitCode: exitCodes.ok,
    output: createOutput(terminal, options.json === true),
    get credentials() {
      return chosen().credentials.kind;
    },
    get authApi() {
      authApi ??= client('Auth API', chosen().url, authorize());
      return authApi;
    },
    get environmentApi() {
      environmentApi ??= client('Environment API', chosen().environmentUrl ?? chosen().url, authorize());
      return environmentApi;
    },
    get authorities() {
      return authorities();
    },
    withoutCredentials: (dependency, baseUrl) => client(dependency, baseUrl),
    async sure(question, names) {
      if (options.yes) return;
      if (!terminal.isInteractive)
        throw new UsageError(`${question} No person is at a terminal to answer: add --yes`);
      if (!(await confirm(terminal, question, names))) throw new UsageError('Nothing was done');
    },
    async close() {
      await Promise.all(clients.map((http) => http.close()));
    },
  };
}

/** Sends credentials only over an encrypted connection or to this machine. */
function requireProtected(baseUrl: string, { insecureHttp }: GlobalOptions): void {
  const { protocol, hostname } = new URL(baseUrl);
  if (protocol === 'https:' || isLoopbackHost(hostname) || insecureHttp) return;
  throw new UsageError(
    `${baseUrl} is not encrypted, so the network could read the credentials: use https, or add --insecure-http`,
  );
}
