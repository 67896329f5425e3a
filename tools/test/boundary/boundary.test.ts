/** Every route, grant, page, command and signal: nothing of a person of one contact centre is seen, changed or implied from another one. */

import { afterAll, beforeAll, describe, it } from 'vitest';
import { runCommand } from '../../../packages/cli/src/run-command.ts';
import {
  type LogoutListener,
  startLogoutListener,
} from '../../../services/auth-api/test/stack/logout-listener.ts';
import { createClient, token, verifier } from '../../../services/auth-api/test/stack/oauth.ts';
import {
  type SignalReceiver,
  startSignalReceiver,
} from '../../../services/auth-api/test/stack/signal-receiver.ts';
import { type Stage, startStage } from '../../../services/auth-ui/test/console/stage.ts';
import { type About, filled } from './about.ts';
import { authApiTable } from './auth-api-table.ts';
import { authUiTable } from './auth-ui-table.ts';
import { createCallers } from './callers.ts';
import { commandsTable } from './commands-table.ts';
import { environmentApiTable } from './environment-api-table.ts';
import {
  createEstate,
  type Estate,
  idTokenOfFormerSession,
  outboundSettings,
  receiveSignals,
  variants,
} from './estate.ts';
import { grantsTable } from './grants-table.ts';
import { createAsserter } from './signing.ts';
import { stateOf, type Witnesses } from './state.ts';
import type { Ask, Table } from './table.ts';
import { type Answered, type Boundary, compare, namesOf, requireUnchanged, walkRoute } from './walk.ts';

let stage: Stage;
let listener: LogoutListener;
let signals: SignalReceiver;
let elsewhere: LogoutListener;
let witnesses: Witnesses;
beforeAll(async () => {
  [listener, elsewhere, signals] = await Promise.all([
    startLogoutListener(),
    startLogoutListener(),
    startSignalReceiver(),
  ]);
  stage = await startStage({
    authApiEnv: {
      ...outboundSettings,
      GATEHOUSE_REGISTRATION_TOKEN: 'a-token-that-is-known-to-nobody-here-0123456789',
      GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS: '1000',
      GATEHOUSE_SIGN_IN_FREE_FAILURES: '1000',
    },
  });
  const observer = await createClient(stage.authApi, { internalClient: true });
  const formerIdToken = await idTokenOfFormerSession(stage, elsewhere);
  witnesses = { observer, listener, signals, formerIdToken };
});
afterAll(async () => {
  await stage?.close();
  for (const one of [listener, elsewhere, signals]) one?.close();
});

const standBetween = async (estate: Estate): Promise<Boundary> => ({
  ...{ stage, estate, witnesses },
  callers: await createCallers(stage, estate, elsewhere),
  state: await stateOf(stage, estate, witnesses),
});

const walked = (table: Table): [string, Ask[]][] =>
  Object.entries(table).flatMap(([name, row]) =>
    typeof row === 'string' ? [] : [[name, row] as [string, Ask[]]],
  );

describe.each(variants)('two contact centres of an environment with $name', (variant) => {
  let boundary: Boundary;
  /** The attackers read in their own trail what they asked for: here they have asked for nobody yet. */
  const untold = new Map<string, Boundary>();
  const from = (name: string) => [...untold].find(([part]) => name.includes(part))?.[1] ?? boundary;
  let asserter: Awaited<ReturnType<typeof createAsserter>>;
  beforeAll(async () => {
    const estate = await createEstate(stage, variant, listener);
    await receiveSignals(stage, signals.url, estate.attacked.id);
    boundary = await standBetween(estate);
    asserter = await createAsserter(stage, estate);
    for (const trail of ['audit', 'expla'])
      untold.set(trail, await standBetween(await createEstate(stage, variant, listener)));
  });

  // attack: every route of Auth API, by everybody of another contact centre of the environment | ASVS 8.2.2, ASVS 8.4.1, CWE-639 | guard: services/auth-api/src/browser/approvals/service.ts
  it.each(walked(authApiTable))('are apart at the route %s of Auth API', async (route, asks) => {
    const { app, internalApp } = stage.authApi;
    const at = from(route);
    for (const served of route.includes('/internal/') ? [app, internalApp] : [app])
      await walkRoute(at, { route, asks, app: served, callers: at.callers.ofApis });
  });

  // attack: every route of Environment API, by everybody of another contact centre of the environment | ASVS 8.2.2, ASVS 8.4.1, CWE-639 | guard: services/environment-api/src/access/caller.ts
  it.each(walked(environmentApiTable))(
    'are apart at the route %s of Environment API',
    async (route, asks) => {
      const { app, internalApp } = stage.environmentApi;
      const served = route.includes('/internal/') ? internalApp : app;
      const at = from(route);
      await walkRoute(at, { route, asks, app: served, callers: at.callers.ofApis });
    },
  );

  // attack: every page and every command, by an administrator of another contact centre of the environment | ASVS 8.2.2, CWE-639 | guard: services/auth-api/src/operations/help-desk/accounts.ts
  it.each(walked(authUiTable))('are apart at the page %s', async (route, asks) => {
    const at = from(route);
    await walkRoute(at, { route, asks, app: stage.authUi, callers: at.callers.ofPages });
  });

  it.each(walked(grantsTable))('are apart at the grant %s', async (grant_type, asks) => {
    const { estate, callers } = boundary;
    for (const { form = {} } of asks)
      await compare(boundary, async (about) => {
        const assertion = await asserter.about(about.userName);
        const { person, about: attacked } = estate.attacked;
        const { password } = person;
        // Codes live shortly.
        const isFresh = about === attacked && form['code'] !== undefined;
        const code = isFresh ? await estate.attacked.enter() : about.code;
        if (isFresh) boundary.state = await stateOf(stage, estate, witnesses);
        const names = { ...about, code, assertion, password, verifier, redirectUri: listener.url };
        const sent = { grant_type, ...filled(form, names) };
        const by = form['assertion'] === '{assertion}' ? asserter.client : callers.client;
        const { status, body } = await token(stage.authApi, by, sent);
        return { answers: { client: { status, text: body } }, sent: JSON.stringify(sent) };
      });
    await requireUnchanged(boundary);
  });

  // attack: every page and every command, by an administrator of another contact centre of the environment | ASVS 8.2.2, CWE-639 | guard: services/auth-api/src/operations/help-desk/accounts.ts
  it.each(walked(commandsTable))('are apart at gatehouse %s', async (command, asks) => {
    const at = from(command);
    for (const { form = {}, endsOwn, mayDiffer } of asks)
      await compare(
        at,
        async (about: About) => {
          if (endsOwn) await at.callers.renew();
          const env = { GATEHOUSE_URL: stage.publicUrl, GATEHOUSE_TOKEN: at.callers.accessToken() };
          const names = { ...about, ...namesOf(at) };
          const words = filled(String(form['line']), names).split('|');
          const { exitCode, out, error } = await runCommand([...words, '--yes'], { env, input: '' });
          const answer: Answered = { status: exitCode, text: `${out}\n${error}` };
          return { answers: { administrator: answer }, sent: words.join(' ') };
        },
        mayDiffer !== undefined,
      );
    await requireUnchanged(at);
    if (asks.some(({ endsOwn }) => endsOwn)) await at.callers.renew();
  });
});
