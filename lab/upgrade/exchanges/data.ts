/** Stores data in Environment API by one release and reads them by the other one. */
import { randomUUID } from 'node:crypto';
import { configServerAccount } from '../../../tools/stack/provisioning/demo.ts';
import type { Answer } from '../../harness/http.ts';
import { agent, type Calls } from './calls.ts';
import { type Exchange, exchange, must, right, soon, text } from './exchange.ts';

export interface Place {
  contactCenterId: string;
  configServer: { address: string; port: number };
}

export function dataExchanges(calls: Calls, { contactCenterId, configServer }: Place): Exchange[] {
  const { create, operator, passwordGrant } = calls;
  const center = `/environment/v3/contact-centers/${contactCenterId}`;
  return [
    exchange(
      'setting',
      async (at) => {
        const name = `beside-${randomUUID()}`;
        await create(at, `${center}/settings`, { name, value: 'kept', location: '/' });
        return name;
      },
      async ({ http }, name) =>
        must(
          JSON.stringify(right(await http(`${center}/settings`, { authorization: operator }))).includes(name),
        ),
    ),
    exchange(
      'API key',
      async (at) => {
        const { data } = await create(at, `${center}/api-keys`, { name: `beside-${randomUUID()}` });
        return text((data as Record<string, unknown>)['key']);
      },
      (at, key) => create(at, '/environment/v3/api-keys/validate', { key }),
    ),
    exchange(
      'environment with its sealed password, and contact centre',
      async (at) => {
        const { address: primaryAddress, port: primaryPort } = configServer;
        const servers = { tlsEnabled: false, configServers: [{ primaryAddress, primaryPort }] };
        const { data } = await create(at, '/environment/v3/environments', {
          ...configServerAccount,
          ...servers,
        });
        const domain = `beside-${randomUUID()}`;
        const environmentId = (data as { id: string }).id;
        await create(at, '/environment/v3/contact-centers', {
          name: domain,
          domains: [domain],
          environmentId,
        });
        return domain;
      },
      (at, domain) => {
        let last: Answer | undefined;
        return soon(
          async () => {
            last = await passwordGrant(at, `${domain}\\${agent.username}`);
            return last.status === 200;
          },
          () => `${last?.status} ${JSON.stringify(last?.body)}`,
        );
      },
    ),
  ];
}
