/** Keycloak beside us, set up as its guides advise for production; docs/contributing/benchmark-of-peers.md says which guide advises what. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@gatehouse/testing/network';
import { findJava, keycloakVersion } from '../../../tools/real/keycloak/places.ts';
import type { BenchStack } from '../bench-stack.ts';
import type { LoadPlan } from '../load.ts';
import { startProgram } from '../processes.ts';
import { basic, formOf, sendForm } from '../requests.ts';
import { chainsOf } from '../rows/refresh.ts';
import { benchRealm, es256Client, realmName, redirectUri, rs256Client, secret } from './keycloak-realm.ts';
import { planOf, type Server } from './server.ts';

/** Of the heap, at first and at most: the guide's 1 250 MB for a pod less 300 MB beside the heap. */
const heapMiB = 950;
/** At first, at least and at most. */
const connections = 16;
const threads = 16;

/** `home`: an installation. Its build writes there, so it gets a copy in `folder`. */
export async function startKeycloak(home: string, folder: string, stack: BenchStack): Promise<Server> {
  const copy = join(folder, 'keycloak');
  await cp(home, copy, { recursive: true });
  await mkdir(join(copy, 'data/import'), { recursive: true });
  await writeFile(join(copy, 'data/import/bench-realm.json'), JSON.stringify(benchRealm(stack.user)));
  const database = await stack.createDatabase('keycloak');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const issuer = `${url}/realms/${realmName}`;
  const { pid, stop } = await startProgram({
    program: join(copy, 'bin/kc.sh'),
    args: [
      'start',
      '--import-realm',
      ...['--db=postgres', '--cache=local', '--features=http-optimized-serializers'],
      ...['--http-enabled=true', '--http-host=127.0.0.1', `--http-port=${port}`, `--hostname=${url}`],
      ...['initial', 'min', 'max'].map((bound) => `--db-pool-${bound}-size=${connections}`),
      `--http-pool-max-threads=${threads}`,
      // As the others: without it the second of two attempts on one account is refused.
      '--spi-brute-force-protector--default-brute-force-detector--allow-concurrent-requests=true',
      '--log-level=warn',
    ],
    env: {
      JAVA_HOME: findJava() ?? '',
      JAVA_OPTS_KC_HEAP: `-Xms${heapMiB}m -Xmx${heapMiB}m`,
      JAVA_OPTS_APPEND: '-Djava.net.preferIPv4Stack=true -XX:ActiveProcessorCount=1',
      KC_DB_URL: `jdbc:postgresql://${database.host}${database.pathname}`,
      KC_DB_USERNAME: database.username,
      KC_DB_PASSWORD: decodeURIComponent(database.password),
    },
    readyUrl: `${issuer}/.well-known/openid-configuration`,
  });
  const authorization = basic(rs256Client, secret);
  return {
    name: 'Keycloak',
    version: keycloakVersion,
    pids: [pid],
    loginPids: [pid],
    loginTarget: {
      origin: url,
      authorizePath: `/realms/${realmName}/protocol/openid-connect/auth`,
      tokenPath: `/realms/${realmName}/protocol/openid-connect/token`,
      client: { id: rs256Client, authorization, redirectUri },
      fields: { username: stack.user.name, password: stack.user.password },
    },
    plan: planOf(plansOf(`${issuer}/protocol/openid-connect/token`, authorization, stack)),
    stop,
  };
}

/** It has no opaque access tokens. */
function plansOf(tokenUrl: string, authorization: string, { user, chains }: BenchStack) {
  const headers = { authorization };
  const clientCredentials = { grant_type: 'client_credentials' };
  const plans: Record<string, () => Promise<LoadPlan>> = {
    client_credentials_rs256: async () => ({ url: tokenUrl, headers, body: formOf(clientCredentials) }),
    client_credentials_es256: async () => ({
      url: tokenUrl,
      headers: { authorization: basic(es256Client, secret) },
      body: formOf(clientCredentials),
    }),
    introspect: async () => {
      const { access_token: token } = await sendForm(tokenUrl, clientCredentials, authorization);
      return { url: `${tokenUrl}/introspect`, headers, body: formOf({ token }) };
    },
    refresh: async () => {
      const login = { grant_type: 'password', username: user.name, password: user.password };
      const families: string[] = [];
      while (families.length < chains)
        families.push((await sendForm(tokenUrl, login, authorization)).refresh_token ?? '');
      return { url: tokenUrl, headers, body: chainsOf(families) };
    },
  };
  return plans;
}
