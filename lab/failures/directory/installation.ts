/** Starts the installation of `npm start`, gives it environments of LDAP directories, and asks it what people ask. */
import type { LdapSettings } from '@gatehouse/contracts/environment-api';
import { createInstaller } from '../../../tools/stack/provisioning/installer-http.ts';
import { basic, createHttp } from '../../harness/http.ts';
import { startChaosStack } from '../../harness/installation.ts';
import { createOAuth } from '../../harness/oauth.ts';

export type Installation = Awaited<ReturnType<typeof startInstallation>>;

interface DirectoryOptions extends Partial<Omit<LdapSettings, 'servers' | 'attributes'>> {
  attributes?: Partial<LdapSettings['attributes']>;
  servers: { address: string; port?: number }[];
  bindPassword: string;
}

const application = basic('external_api_client', 'demo-secret-of-external_api_client');

/** `closers` end it, and whatever else a part starts. */
export async function startInstallation(closers: AsyncDisposableStack) {
  const stack = await startChaosStack(closers, {
    settings: {
      // Everybody comes from one address.
      GATEHOUSE_SIGN_IN_STARTS_PER_MINUTE: '1000000',
      GATEHOUSE_SIGN_IN_UNFINISHED_PER_ADDRESS: '1000000',
      GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '1000000',
      GATEHOUSE_AUTHORITY_MAPPING: 'group:Supervisors=ROLE_SUPERVISOR,group:wide-999=ROLE_LAST',
    },
  });
  const { publicUrl } = stack;
  const http = createHttp(publicUrl);
  const oauth = createOAuth(http);
  const installer = createInstaller(publicUrl, stack.operator);

  /** An environment whose people are in that directory; `domain` leads to it. Resolves with its id. */
  async function addDirectory(domain: string, ldap: DirectoryOptions, ca: string): Promise<string> {
    const body = { directory: 'ldap', tlsEnabled: true, tls: { ca }, ldap };
    const { id } = (await installer.send('POST', '/environment/v3/environments', body)) as { id: string };
    const contactCenter = { name: `People of ${domain}`, domains: [domain], environmentId: id };
    await installer.send('POST', '/environment/v3/contact-centers', contactCenter);
    return id;
  }

  /** Questions of the people who belong to `domain`. */
  function peopleOf(domain: string) {
    const login = (userName: string, password: string) =>
      oauth.token(application, {
        ...{ grant_type: 'password', username: `${domain}\\${userName}`, password },
        scope: 'openid profile calls:read',
      });
    return {
      login,
      /** @throws Error for whom has none */
      async token(userName: string, password: string): Promise<string> {
        const { status, body } = await login(userName, password);
        const token = body?.['access_token'];
        if (typeof token !== 'string') throw new Error(`${userName} got no token: ${status}`);
        return token;
      },
      isActive: oauth.isActive,
      async userinfo(token: string): Promise<Record<string, unknown>> {
        return (await http('/auth/v3/userinfo', { authorization: `Bearer ${token}` })).body ?? {};
      },
      /** Resolves with the answer that the login page gets. */
      signIn: (username: string, password: string) =>
        pagePost(publicUrl, '/auth/v3/sign-in', { username, password, tenant: domain }),
      change: (userName: string, oldPassword: string, newPassword: string) =>
        pagePost(publicUrl, '/auth/v3/change-password', {
          userName,
          tenant: domain,
          oldPassword,
          newPassword,
        }),
    };
  }

  return { addDirectory, peopleOf, closers, publicUrl, operator: stack.operator };
}

const pageLimitMs = 15_000;

/** As the script of a page of ours sends it. Status and name, such as `403 account_locked`. */
async function pagePost(publicUrl: string, path: string, data: unknown): Promise<string> {
  const answer = await fetch(publicUrl + path, {
    method: 'POST',
    headers: { origin: publicUrl, 'content-type': 'application/json' },
    body: JSON.stringify({ data }),
    signal: AbortSignal.timeout(pageLimitMs),
  });
  const { status } = (await answer.json()) as { status?: { name?: string } };
  return `${answer.status} ${status?.name ?? 'ok'}`;
}
