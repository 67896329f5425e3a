/** Security events reach a syslog receiver with the ids of the trail, and without a secret. */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { createAuthority } from '@gatehouse/testing/keys';
import { expect, it, onTestFinished } from 'vitest';
import { startAuthApi } from '../../stack/auth-api.ts';
import { createClient, passwordTokens, token } from '../../stack/oauth.ts';

const authority = createAuthority();

/** Keeps the JSON of each message. */
async function startReceiver() {
  const messages: { event: { id: string; action: string } }[] = [];
  let everything = '';
  const server = createServer(authority.issue(), (socket) => {
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('end', () => {
      everything += text;
      for (let rest = text; rest !== ''; ) {
        const [head = '', length] = /^(\d+) /.exec(rest) ?? [];
        const message = rest.slice(head.length, head.length + Number(length));
        messages.push(JSON.parse(message.slice(message.indexOf('{'))));
        rest = rest.slice(head.length + Number(length));
      }
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return {
    url: `syslog+tls://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages,
    everything: () => everything,
  };
}

it('logins, refusals and changes of clients arrive, and no password, secret or token with them', async () => {
  const receiver = await startReceiver();
  const stack = await startAuthApi({
    env: { GATEHOUSE_AUDIT_FORWARD_URL: receiver.url, GATEHOUSE_AUDIT_FORWARD_CA: authority.cert },
  });
  onTestFinished(() => stack.close());
  const client = await createClient(stack, { authorizedGrantTypes: ['password', 'refresh_token'] });
  const tokens = await passwordTokens(stack, client);
  const wrong = { grant_type: 'password', username: 'agent', password: 'a-wrong-guess', tenant: 'demo' };
  await token(stack, client, wrong);
  await stack.deps.audit.drained();
  stack.deps.audit.start();

  const wanted = ['client_created', 'login_succeeded', 'login_failed'];
  const arrived = () => receiver.messages.map(({ event }) => event.action);
  await expect.poll(arrived, { timeout: 15_000 }).toEqual(expect.arrayContaining(wanted));
  const { events } = await stack.deps.audit.search.find({ limit: 100 });
  expect(receiver.messages.map(({ event }) => event.id).toSorted()).toEqual(
    events.map(({ id }) => id).toSorted(),
  );
  const secrets = [
    client.clientSecret,
    tokens['access_token'],
    tokens['refresh_token'],
    'a-wrong-guess',
    'demo-agent-password',
  ];
  expect(secrets.every((secret) => typeof secret === 'string' && secret.length > 8)).toBe(true);
  for (const secret of secrets) expect(receiver.everything()).not.toContain(secret);
}, 60_000);
