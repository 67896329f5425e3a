import { takeLeaks } from '@gatehouse/testing/secrets';
import { expect, it } from 'vitest';
import { startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { makeLink } from '../stack/console-link.ts';
import {
  agent,
  browserCookie,
  readView,
  sessionCookie,
  signIn,
  startInteraction,
} from '../stack/interaction.ts';
import { createClient, getCode, passwordTokens, redeem } from '../stack/oauth.ts';

it('68: no password, cookie or csrf token reaches the log, the metrics or the audit rows', async () => {
  const stack = await startAuthApi({ env: { LOG_LEVEL: 'trace' } });
  const browser = createBrowser(stack.app);
  const id = await startInteraction(stack, browser);
  const { csrf } = await readView(stack.app, browser, id);
  const secrets = ['typed-by-mistake', agent.password, 'a-new-password', 'demo-service-password'];

  await signIn(stack, browser, id, { ...agent, password: 'typed-by-mistake' });
  await signIn(stack, browser, id, { ...agent, username: 'agent\r\n{"level":"fatal"}\u001b[31m' });
  await signIn(stack, browser, id, agent);
  secrets.push(browser.cookies.get(sessionCookie) ?? '', browser.cookies.get(browserCookie) ?? '', csrf);
  await browser.postJson('/auth/v3/change-password', {
    oldPassword: agent.password,
    newPassword: 'a-new-password',
  });
  secrets.push(browser.cookies.get(sessionCookie) ?? '');
  await browser.get(
    `/auth/v3/sign-out?redirectUri=${encodeURIComponent('https://x.test/?code=a-code-in-a-query')}`,
  );
  secrets.push('a-code-in-a-query');
  await stack.redis.stop();
  await browser.postForm('/auth/v3/sign-in', { ...agent, interaction: id, csrf });
  await stack.redis.start();

  const auditRows = async () => (await stack.deps.stores.pool.query('SELECT * FROM auth.audit_events')).rows;
  await expect.poll(async () => (await auditRows()).length, { timeout: 5000 }).toBeGreaterThan(4);
  const rows = await auditRows();
  const sinks = {
    log: stack.logged(),
    metrics: await stack.deps.kit.metrics.expose(),
    audit: JSON.stringify(rows),
  };
  for (const [sink, text] of Object.entries(sinks)) {
    expect(text.length, sink).toBeGreaterThan(100);
    for (const secret of secrets) expect(text.includes(secret), `${sink} holds ${secret}`).toBe(false);
  }
  // One line per record, whatever was typed.
  for (const line of stack.logged().trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  await stack.close();
});

it('68: whatever secret somebody logs, the watch over all tests tells', async () => {
  const stack = await startAuthApi();
  const client = await createClient(stack);
  const browser = createBrowser(stack.app);
  const code = await getCode(stack, browser, client);
  const { access_token } = (await redeem(stack, client, code)).json();
  const { refresh_token } = await passwordTokens(stack, client);
  const session = browser.cookies.get(sessionCookie) ?? '';
  const { code: linkCode } = await makeLink(stack);
  expect(takeLeaks()).toEqual([]);

  const planted = {
    'client_secret answered by POST /auth/v3/ops/clients': client.clientSecret,
    'code answered by GET /auth/v3/oauth/authorize/resume': code,
    'access_token answered by POST /auth/v3/oauth/token': access_token,
    'refresh_token answered by POST /auth/v3/oauth/token': refresh_token,
    'password sent to POST /auth/v3/sign-in': agent.password,
    'code of the link url answered by POST /auth/v3/ops/console-links': linkCode,
    [`cookie ${sessionCookie} sent to GET /auth/v3/oauth/authorize/resume`]: session,
  };
  // Under names that the logger does not hide.
  for (const [what, text] of Object.entries(planted))
    stack.deps.kit.log.info(`a line with ${text} of ${what.length}`);

  const found = takeLeaks();
  expect(found.map(({ text }) => text)).toEqual(
    Object.values(planted).map(() => expect.stringContaining('[here]')),
  );
  expect(found.map(({ secret }) => secret.split(' ')[0])).toEqual(
    Object.keys(planted).map((what) => what.split(' ')[0]),
  );
  await stack.close();
});
