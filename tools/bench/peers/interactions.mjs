// The login pages of the peer, which do what nobody could leave out who puts oidc-provider in front of a contact centre: they
// read the pending login, ask who signs in before they ask for a password (how somebody signs in depends on who it is), bound
// how often a password can be tried, ask the Configuration Server of the bench about password, person and access groups, and
// leave an event of the login and of the code. Limits and client are the product's own, so that what is compared is the two
// servers. Still less than the product does: pages of four lines without a design, a language or a policy, in the process
// that needs them, and events that nobody brings to a database.
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { createConfigServerClient } from '@gatehouse/config-server-client/client';
import { staticEndpoints } from '@gatehouse/config-server-client/discovery/static';
import { createAttemptCounter } from '@gatehouse/service-kit/limits/attempt-counter';
import { createKeyspace } from '@gatehouse/service-kit/redis/client';

/** About what the product does for a login, by the counter that it uses for client secrets. */
const limits = {
  accountAttempts: 4,
  knownDeviceAttempts: 5,
  accountWindowMs: 1_200_000,
  freeFailures: 3,
  firstDelayMs: 1_000,
  longestDelayMs: 900_000,
  streakLifeMs: 86_400_000,
  addressAttempts: 200,
  addressWindowMs: 600_000,
};
const mostEvents = 10_000;

export function interactions(provider, { redis, configServerPort }) {
  const backend = createConfigServerClient({
    endpoints: staticEndpoints([{ host: '127.0.0.1', port: configServerPort }]),
    applicationName: 'gatehouse',
    userName: 'gatehouse',
    password: 'demo-service-password',
  });
  const attempts = createAttemptCounter({
    redis,
    // The connection has a prefix of its own.
    keyspace: createKeyspace(''),
    name: 'limit',
    limits,
    now: Date.now,
  });
  const note = (event) =>
    redis.xadd(
      'audit',
      ...['MAXLEN', '~', mostEvents, '*'],
      ...['event', JSON.stringify({ ...event, id: randomUUID(), atMs: Date.now() })],
    );
  provider.on('authorization_code.saved', ({ accountId: sub, clientId }) => {
    void note({ name: 'code_issued', outcome: 'success', sub, clientId });
  });

  async function signIn({ userName, password, clientAddress }) {
    const attempt = await attempts.reserve({ account: userName, address: clientAddress });
    const { userDbid } = await backend.authenticate({ userName, password, clientAddress });
    const [[person]] = await Promise.all([
      backend.readPersons({ dbid: userDbid }),
      backend.readAccessGroups({ person_dbid: userDbid }),
      attempt.succeed(),
    ]);
    const accountId = person?.userName ?? userName;
    await note({ name: 'login_succeeded', outcome: 'success', sub: accountId, clientAddress });
    return accountId;
  }

  return {
    async serve(request, response) {
      const form =
        request.method === 'POST' ? new URLSearchParams(await text(request)) : new URLSearchParams();
      const userName = form.get('username') ?? '';
      const password = form.get('password');
      if (password === null) {
        const { params } = await provider.interactionDetails(request, response);
        const client = await provider.Client.find(params.client_id);
        response.setHeader('content-type', 'text/html; charset=utf-8');
        return response.end(page(request.url, client?.clientName ?? client?.clientId, userName));
      }
      const accountId = await signIn({ userName, password, clientAddress: request.socket.remoteAddress });
      return provider.interactionFinished(request, response, { login: { accountId } });
    },
    close: () => backend.close(),
  };
}

function page(action, application, userName) {
  const fields = userName
    ? `<input type="hidden" name="username" value="${escaped(userName)}"><input name="password" type="password">`
    : '<input name="username">';
  return `<!doctype html><html lang="en"><title>Sign in</title><p>to continue to ${escaped(application)}</p>
<form method="post" action="${action}">
${fields}<button>Sign in</button></form></html>`;
}

function escaped(value) {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
