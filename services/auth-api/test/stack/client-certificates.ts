/** Certificates of clients, as a proxy that ends TLS passes them on: Auth API must trust the proxy at the address of the test. */
import { createAuthority } from '@gatehouse/testing/keys';
import type { AuthApi } from './auth-api.ts';
import { agent } from './interaction.ts';
import { createClient, type OAuthAnswer, postForm } from './oauth.ts';

export const certificateSettings = { GATEHOUSE_CLIENT_CERTIFICATE_HEADER: 'x-ssl-client-cert' };

const authority = createAuthority();

/** Tokens that are bound to one certificate are renewed with another one of the same authority (RFC 8705 section 4). */
export async function renewWithForeignCertificate(stack: Pick<AuthApi, 'app'>): Promise<OAuthAnswer> {
  const client = await createClient(stack, {
    clientType: 'PUBLIC',
    authorizedGrantTypes: ['password', 'refresh_token'],
    tlsClientCertificateBoundAccessTokens: true,
  });
  const ask = (form: Record<string, string>) => {
    const { cert } = authority.issue({ names: ['client'] });
    return postForm(stack, 'token', form, client, { 'x-ssl-client-cert': encodeURIComponent(cert) });
  };
  const username = `${agent.tenant}\\${agent.username}`;
  const issued = await ask({ grant_type: 'password', username, password: agent.password });
  if (issued.status !== 200) throw new Error(`no tokens: ${issued.body}`);
  return ask({ grant_type: 'refresh_token', refresh_token: issued.json().refresh_token ?? '' });
}
