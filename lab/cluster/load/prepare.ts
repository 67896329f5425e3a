/** Registers what the calls of the load need: two clients, and a contact centre where there is none yet. */

import { configServerAccount, contactCenter, demoClient } from '../../../tools/stack/provisioning/demo.ts';
import { type Answer, basic, type Http } from '../../harness/http.ts';

interface Plan {
  http: Http;
  operator: { username: string; password: string };
  /** Of the demo's people. */
  configServer: { address: string; port: number };
}

/** The id of the contact centre. */
export async function prepare({ http, operator, configServer }: Plan): Promise<string> {
  const authorization = basic(operator.username, operator.password);
  const ask = async (path: string, data?: unknown) => {
    const answer = await http(path, { authorization, ...(data !== undefined && { json: { data } }) });
    // 409: an earlier load has registered it.
    if (answer.status > 299 && answer.status !== 409)
      throw new Error(
        `${path} was answered ${answer.status}: ${answer.error ?? JSON.stringify(answer.body)}`,
      );
    return answer;
  };
  for (const id of ['external_api_client', 'gauth_client']) await ask('/auth/v3/ops/clients', demoClient(id));
  const known = idsIn(await ask('/environment/v3/contact-centers'));
  if (known[0] !== undefined) return known[0];
  const { address: primaryAddress, port: primaryPort } = configServer;
  const [environmentId] = idsIn(
    await ask('/environment/v3/environments', {
      ...configServerAccount,
      tlsEnabled: false,
      configServers: [{ primaryAddress, primaryPort }],
    }),
  );
  const [id = ''] = idsIn(await ask('/environment/v3/contact-centers', { ...contactCenter, environmentId }));
  return id;
}

/** Of one object or of a list. */
function idsIn({ body }: Answer): string[] {
  return [(body?.['data'] ?? []) as { id?: string } | { id?: string }[]].flat().flatMap(({ id }) => id ?? []);
}
