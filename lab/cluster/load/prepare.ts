/** Registers what the calls of the load need: two clients, and a contact centre where there is none yet. */

import { configServerAccount, contactCenter, demoClient } from '../../../tools/stack/provisioning/demo.ts';
import { redirectUri } from '../../harness/browser.ts';
import { type Answer, basic, type Http } from '../../harness/http.ts';

interface Plan {
  http: Http;
  operator: { username: string; password: string };
  /** Of the demo's people. */
  configServer: { address: string; port: number };
}

/** The id of the contact centre. */
export async function prepare({ http, operator, configServer }: Plan): Promise<string> {
  const ask = createOperatorCalls(http, operator);
  for (const id of ['external_api_client', 'gauth_client']) await ask('/auth/v3/ops/clients', demoClient(id));
  const known = idsIn(await ask('/environment/v3/contact-centers'));
  if (known[0] !== undefined) return known[0];
  const [environmentId] = idsIn(await ask('/environment/v3/environments', environmentAt(configServer)));
  const [id = ''] = idsIn(await ask('/environment/v3/contact-centers', { ...contactCenter, environmentId }));
  return id;
}

/** Two contact centres of their own, each in an environment of its own: what the main load writes must not be in their way. */
export interface People {
  /** Of the Configuration Server's people, administered at the console. */
  consoleId: string;
  /** Of the people store, into which a program with this key writes. */
  scimId: string;
  scimKey: string;
}

export const officeName = 'Office';
export const officeDomain = 'office';
/** People sign in to it by the pages. */
export const pagesClient = {
  client_id: 'load-pages',
  client_secret: 'demo-secret-of-load-pages',
  name: 'Load',
  authorizedGrantTypes: ['authorization_code', 'refresh_token'],
  scope: ['openid', 'profile', 'calls:read'],
  redirectURIs: [redirectUri],
};

const people = {
  office: {
    id: '0000de40-0000-4000-8000-00000000cc06',
    environmentId: '0000de40-0000-4000-8000-00000000e006',
  },
  provisioned: {
    id: '0000de40-0000-4000-8000-00000000cc07',
    environmentId: '0000de40-0000-4000-8000-00000000e007',
  },
};

export async function preparePeople({ http, operator, configServer }: Plan): Promise<People> {
  const ask = createOperatorCalls(http, operator);
  const { office, provisioned } = people;
  const makeCenter = async (center: typeof office, name: string, domain: string, environment: object) => {
    await ask('/environment/v3/environments', { ...environment, id: center.environmentId });
    await ask('/environment/v3/contact-centers', {
      ...center,
      name,
      domains: [domain],
      auth: 'configServer',
    });
  };
  await ask('/auth/v3/ops/clients', pagesClient);
  await makeCenter(office, officeName, officeDomain, environmentAt(configServer));
  await makeCenter(provisioned, 'Provisioned', 'provisioned', { directory: 'people' });
  // A key is shown once, so each load has one of its own.
  const key = { name: `load ${Date.now()}`, purpose: 'scim' };
  const { body } = await ask(`/environment/v3/contact-centers/${provisioned.id}/api-keys`, key);
  const { key: scimKey } = (body as { data: { key: string } }).data;
  return { consoleId: office.id, scimId: provisioned.id, scimKey };
}

function environmentAt({ address: primaryAddress, port: primaryPort }: Plan['configServer']) {
  const configServers = [{ primaryAddress, primaryPort }];
  return { ...configServerAccount, tlsEnabled: false, configServers };
}

/** A path alone is read; with data something is made. @throws Error with the answer where it is refused */
export function createOperatorCalls(http: Http, { username, password }: Plan['operator']) {
  const authorization = basic(username, password);
  return async (path: string, data?: unknown): Promise<Answer> => {
    const answer = await http(path, { authorization, ...(data !== undefined && { json: { data } }) });
    // 409: an earlier load has registered it.
    if (answer.status > 299 && answer.status !== 409)
      throw new Error(
        `${path} was answered ${answer.status}: ${answer.error ?? JSON.stringify(answer.body)}`,
      );
    return answer;
  };
}

/** Of one object or of a list. */
function idsIn({ body }: Answer): string[] {
  return [(body?.['data'] ?? []) as { id?: string } | { id?: string }[]].flat().flatMap(({ id }) => id ?? []);
}
