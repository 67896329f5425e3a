import { expect, it } from 'vitest';
import { startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import {
  agent,
  browserCookie,
  readView,
  sessionCookie,
  signIn,
  startInteraction,
} from '../stack/interaction.ts';

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

  const auditRows = async () => (await stack.deps.pool.query('SELECT * FROM auth.audit_events')).rows;
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
