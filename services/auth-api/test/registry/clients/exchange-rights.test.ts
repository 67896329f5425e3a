/** Who may exchange whose tokens, as the data of a graph around one client. */
import { randomUUID } from 'node:crypto';
import { runCommand } from '@gatehouse/cli/run-command';
import type { ClientExchanges } from '@gatehouse/contracts/auth-administration';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, otherContactCenterId, startAuthApi } from '../../stack/auth-api.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { contactCenterAdministrator } from '../../stack/console.ts';
import { createClient, opsCall } from '../../stack/oauth.ts';

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

const ask = (clientId: string, authorization?: string) =>
  opsCall(stack, 'GET', `/auth/v3/ops/clients/${clientId}/exchanges`, undefined, authorization);
const read = async (clientId: string, authorization?: string) => {
  const answer = await ask(clientId, authorization);
  if (answer.status !== 200) throw new Error(answer.body);
  return answer.json<{ data: ClientExchanges }>().data;
};
const requester = (subjectClients: string[], audiences: string[] = [], fields: object = {}) =>
  createClient(stack, {
    authorizedGrantTypes: [exchange],
    tokenExchange: { subjectClients, audiences, delegation: true },
    ...fields,
  });

describe('the rights of exchange around a client', () => {
  it('are those in which it asks, those of its tokens, and those that get tokens for it', async () => {
    const [desk, resource] = [await createClient(stack, { name: 'Desk' }), await createClient(stack)];
    const gateway = await requester([desk.clientId], [resource.clientId], { name: 'Gateway' });
    const far = await requester([gateway.clientId, 'gone']);

    const right = {
      requester: gateway.clientId,
      subjects: [desk.clientId],
      audiences: [gateway.clientId, resource.clientId],
      delegation: true,
      idTokens: false,
      refreshTokens: false,
      isInForce: true,
    };
    for (const id of [desk.clientId, resource.clientId]) {
      const found = await read(id);
      expect([found.rights, found.isCut]).toEqual([[right], false]);
    }
    const around = await read(gateway.clientId);
    expect(around.rights.map((one) => one.requester)).toEqual([gateway.clientId, far.clientId]);
    expect(around.clients).toContainEqual({ client_id: desk.clientId, name: 'Desk' });
    expect(around.clients).toContainEqual({ client_id: 'gone' });
  });

  it('say when a list permits nothing, because the grant is missing', async () => {
    const desk = await createClient(stack);
    await requester([desk.clientId], [], { authorizedGrantTypes: ['client_credentials'] });
    expect((await read(desk.clientId)).rights).toMatchObject([{ isInForce: false }]);
    expect((await read((await createClient(stack)).clientId)).rights).toEqual([]);
    expect((await ask('nobody')).status).toBe(404);
  });

  // attack: administrator of a contact centre reads rights and names of the clients of others | CWE-639, OWASP API1:2023 | guard: services/auth-api/src/registry/clients/exchange-rights.ts
  it('are shown to the administrator of a contact centre as far as its own clients go', async () => {
    const own = await createClient(stack, { contactCenterIds: [contactCenterId] });
    const foreign = await requester([own.clientId], [], {
      name: 'Of others',
      contactCenterIds: [otherContactCenterId],
    });
    const mine = await requester([own.clientId, foreign.clientId], [], {
      contactCenterIds: [contactCenterId],
    });
    const administrator = await contactCenterAdministrator(stack, { sub: randomUUID() });

    const found = await read(own.clientId, administrator);
    expect(found.rights.map((one) => one.requester)).toEqual([mine.clientId]);
    expect(JSON.stringify(found)).not.toContain('Of others');
    expect((await ask(foreign.clientId, administrator)).status).toBe(404);
  });
});

it('gatehouse clients exchanges shows them', async () => {
  const env = await operatorEnvironment(stack);
  const desk = await createClient(stack);
  await requester([desk.clientId], []);
  const shown = await runCommand(['clients', 'exchanges', desk.clientId], { env });
  expect([shown.exitCode, shown.out]).toEqual([0, expect.stringContaining(desk.clientId)]);
  const none = await runCommand(['clients', 'exchanges', (await createClient(stack)).clientId], { env });
  expect(none.out).toContain('it may exchange none');
});
