/** Asks the running installation whether it has kept what it promised. */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { basic, createHttp } from './http.ts';
import type { ChaosStack } from './installation.ts';
import { createOAuth } from './oauth.ts';
import type { Record as LoadRecord } from './record.ts';
import type { Losses } from './verdict.ts';

/** Events of a login wait in Redis until they are written. */
const trailPatienceMs = 15_000;

export async function checkPromises(
  stack: ChaosStack,
  { promises, broken }: LoadRecord,
  destroys: 'tokens' | undefined,
): Promise<Losses> {
  const { introspect } = createOAuth(createHttp(stack.publicUrl));
  const isActive = async (token: string) => (await introspect(token)).body?.['active'];
  const find = async (tokens: Iterable<string>, wrong: boolean) => {
    const answers = await Promise.all(
      [...tokens].map(async (token) => [token, await isActive(token)] as const),
    );
    return answers.filter(([, active]) => active === wrong).map(([token]) => token);
  };
  const lostTokens = (await find(promises.tokens, false)).length;
  const accepted = await find(promises.revoked, true);
  const losses: Losses = {
    tokens: destroys === 'tokens' ? 0 : lostTokens,
    refreshTokens: destroys === 'tokens' ? 0 : broken.lostChains.length,
    events: destroys === 'tokens' ? 0 : await lostEvents(stack, promises.logins),
    settings: await lostSettings(stack, promises.settings),
    acceptedRevoked: new Set([...accepted, ...broken.acceptedRevoked]).size,
  };
  // Each disturbance answers for its own.
  for (const token of [...accepted, ...broken.acceptedRevoked]) promises.revoked.delete(token);
  for (const list of [promises.tokens, promises.logins, promises.settings]) list.clear();
  for (const list of [broken.acceptedRevoked, broken.lostChains]) list.length = 0;
  return losses;
}

async function lostSettings(stack: ChaosStack, written: ReadonlyMap<string, string>): Promise<number> {
  const http = createHttp(stack.publicUrl);
  const { username, password } = stack.operator;
  // The load goes on: what is acknowledged during the question is not in its answer.
  const before = [...written];
  const read = () =>
    http(`/environment/v3/contact-centers/${stack.contactCenterId}/settings`, {
      authorization: basic(username, password),
    });
  let { status, body } = await read();
  // A value that cannot be read yet is not lost.
  for (const startMs = performance.now(); status !== 200 && performance.now() - startMs < trailPatienceMs; ) {
    await wait(250);
    ({ status, body } = await read());
  }
  const { settings = [] } = (body?.['data'] ?? {}) as { settings?: { name: string; value: string }[] };
  const kept = new Map(settings.map(({ name, value }) => [name, value]));
  // A later write without an answer may have come through all the same.
  return before.filter(([name, value]) => Number(kept.get(name) ?? -1) < Number(value)).length;
}

async function lostEvents(stack: ChaosStack, logins: ReadonlySet<string>): Promise<number> {
  const before = [...logins];
  const client = new pg.Client({ connectionString: stack.postgresUrl });
  await client.connect();
  try {
    for (const startMs = performance.now(); ; await wait(250)) {
      const { rows } = await client.query<{ id: string }>(
        "SELECT DISTINCT correlation_id AS id FROM auth.audit_events WHERE name = 'login_succeeded' AND correlation_id = ANY($1)",
        [before],
      );
      if (rows.length === before.length || performance.now() - startMs > trailPatienceMs)
        return before.length - rows.length;
    }
  } finally {
    await client.end();
  }
}
