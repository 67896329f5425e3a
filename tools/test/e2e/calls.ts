/** Two calls that show whether the stack serves: one answered from Redis, one from PostgreSQL. */
import { watchSecret } from '@gatehouse/testing/secrets';
import type { StackDescription } from '../../stack/state/stack-file.ts';

interface Account {
  username: string;
  password: string;
}

export function basic({ username, password }: Account): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** A client credentials token. */
export function askToken({ localUrl, clients }: StackDescription): Promise<Response> {
  const client = clients.find(({ client_id }) => client_id === 'external_api_client');
  if (!client) throw new Error('there is no client external_api_client');
  return watched(`${localUrl}/auth/v3/oauth/token`, {
    method: 'POST',
    headers: { authorization: basic({ username: client.client_id, password: client.client_secret }) },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
}

async function watched(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const { access_token } = (await response.clone().json()) as { access_token?: string };
  if (access_token !== undefined) watchSecret(access_token, 'access token');
  return response;
}

/** An environment, the demo's when none is named. */
export function askEnvironment(
  { localUrl, ops, environmentId }: StackDescription,
  id = environmentId,
): Promise<Response> {
  return fetch(`${localUrl}/environment/v3/environments/${id}`, { headers: { authorization: basic(ops) } });
}
