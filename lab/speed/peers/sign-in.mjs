// Does the work of a login page for a contact centre that no peer can leave out. It asks who signs in before it asks for a password
// (the way of sign-in depends on the person), and bounds how often a password can be tried. It asks the Configuration Server of
// the bench about password, person and access groups, and leaves an event. Limits and client are the product's own, so that the
// servers are compared. The product does more: these pages have four lines without a design, a language or a policy, and nobody
// brings their events to a database.
import { randomUUID } from 'node:crypto';
import { createConfigServerClient } from '@gatehouse/config-server-client/client';
import { staticEndpoints } from '@gatehouse/config-server-client/discovery';
import { createAttemptCounter } from '@gatehouse/service-kit/limits';
import { createKeyspace } from '@gatehouse/service-kit/redis';

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

/** `redis`: a connection with a prefix of its own. */
export function createSignIn({ redis, configServerPort }) {
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

  return { signIn, note, close: () => backend.close() };
}

export function page(action, application, userName, further = '') {
  const fields = userName
    ? `<input type="hidden" name="username" value="${escaped(userName)}"><input name="password" type="password">`
    : '<input name="username">';
  return `<!doctype html><html lang="en"><title>Sign in</title><p>to continue to ${escaped(application)}</p>
<form method="post" action="${action}">
${further}${fields}<button>Sign in</button></form></html>`;
}

export function escaped(value) {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
