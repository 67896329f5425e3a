/** Alerts of an installation with two replicas, as their receivers get them. */
import { runCommand } from '@gatehouse/cli/run-command';
import type { AlertState, AlertTest, AuthApiOverview } from '@gatehouse/contracts/auth-administration';
import { createAuthority } from '@gatehouse/testing/keys';
import { startMailServer } from '@gatehouse/testing/mail';
import { watchSecret } from '@gatehouse/testing/secrets';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { opsCall } from '../../stack/oauth.ts';
import { isSignedWith, keys, problemOf, secret, startAlertReceiver, webhookSettings } from './receivers.ts';

const minuteMs = 60_000;
const account = { user: 'gatehouse', password: 'password-of-the-mail-server' };
const authority = createAuthority();
let clockMs = Date.now();
let receiver: Awaited<ReturnType<typeof startAlertReceiver>>;
let mail: Awaited<ReturnType<typeof startMailServer>>;
let env: Record<string, string>;
let stack: AuthApi;
let replica: AuthApi;

const start = (beside?: AuthApi) =>
  startAuthApi({ env, now: () => clockMs, ...(beside === undefined ? {} : { beside }) });

beforeAll(async () => {
  watchSecret(account.password, 'password of the mail server');
  watchSecret(secret, 'key of the webhook of alerts');
  receiver = await startAlertReceiver();
  mail = await startMailServer({ tls: 'starttls', identity: authority.issue(), account });
  env = {
    // Both sign while a key is being replaced.
    ...webhookSettings(receiver.url, [...keys].reverse().join('\n')),
    GATEHOUSE_OUTBOUND_TIMEOUT_MS: '1500',
    GATEHOUSE_ALERTS_MAIL_SERVER: `smtp://localhost:${mail.port}`,
    GATEHOUSE_ALERTS_MAIL_FROM: 'gatehouse@example.com',
    GATEHOUSE_ALERTS_MAIL_TO: 'one@example.com,two@example.com',
    GATEHOUSE_ALERTS_MAIL_USERNAME: account.user,
    GATEHOUSE_ALERTS_MAIL_PASSWORD: account.password,
    GATEHOUSE_ALERTS_MAIL_CA: authority.cert,
    GATEHOUSE_ALERTS_LANGUAGE: 'de',
    GATEHOUSE_ALERTS_QUIET_MINUTES: '10',
    GATEHOUSE_ALERTS_REMINDER_HOURS: '1',
  };
  stack = await start();
  replica = await start(stack);
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
  receiver?.close();
  await mail?.close();
});
beforeEach(() => stack.environmentApi.problems.splice(0));

const waiting = async () =>
  (await stack.deps.stores.pool.query<{ id: string }>('SELECT id FROM auth.alert_outbox')).rowCount;

/** Every replica looks, twice in each minute or as seldom as told; then everything that is said arrives. */
async function pass(minutes: number, everyMinutes = 0.5): Promise<void> {
  for (let passed = 0; passed < minutes; passed += everyMinutes) {
    clockMs += everyMinutes * minuteMs;
    await Promise.all([stack, replica].map(({ deps }) => deps.alerts.watch.round()));
  }
  await expect.poll(arrives, { timeout: 20_000, interval: 100 }).toBe(0);
}

/** How many messages wait. A receiver on a busy machine is tried again, when its time comes. */
async function arrives(): Promise<number | null> {
  const count = await waiting();
  if (count === 0) return 0;
  clockMs += 250;
  for (const { deps } of [stack, replica]) deps.alertDelivery.delivery.wake();
  return count;
}

const show = (...problems: ReturnType<typeof problemOf>[]) =>
  stack.environmentApi.problems.splice(0, Number.POSITIVE_INFINITY, ...problems);

/** A message may arrive twice, with the same id: the clock of this test runs past the time that one delivery has. */
function mailAbout(subject: string) {
  const about = mail.received.filter(({ text }) => decoded(text).includes(subject));
  return [...new Map(about.map((one) => [/^Message-ID: (.*)\r$/m.exec(one.text)?.[1], one])).values()];
}

/** RFC 2045 section 6.7, as far as these texts need it. */
const decoded = (text: string) =>
  Buffer.from(
    text
      .replaceAll(/=\r\n/g, '')
      .replaceAll(/=([0-9A-F]{2})/g, (_whole, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

async function state(): Promise<AlertState['channels']> {
  const answer = await opsCall(stack, 'GET', '/auth/v3/ops/alerts');
  return answer.json<{ data: AlertState }>().data.channels;
}

async function problems(): Promise<AuthApiOverview['problems']> {
  const answer = await opsCall(stack, 'GET', '/auth/v3/ops/overview');
  return answer.json<{ data: AuthApiOverview }>().data.problems;
}

describe('alerts', () => {
  it('tell a problem that lasts once, by webhook and e-mail, and that it is solved', async () => {
    show(problemOf('centre-a'));
    await pass(0.5);
    expect(receiver.about('centre-a')).toEqual([]);
    await pass(3);
    expect(receiver.about('centre-a')).toEqual(['alert.new']);
    expect(mailAbout('centre-a')).toHaveLength(1);

    const [{ id, body }] = receiver.taken.slice(-1) as [(typeof receiver.taken)[number]];
    expect(body.data).toMatchObject({
      severity: 'warning',
      runbook: 'contact-centres-share-their-people',
      title: 'Contact-Center teilen sich ihre Personen',
      message: 'centre-a shares its people.',
      location: '/',
      language: 'de',
      runbookUrl: `${publicUrl}/auth/console/runbooks#contact-centres-share-their-people`,
      consoleUrl: `${publicUrl}/auth/console`,
    });
    expect(body.text).toContain('Warnung: Contact-Center teilen sich ihre Personen');
    const { headers, text } = receiver.tried.find((one) => one.id === id) as (typeof receiver.tried)[number];
    expect(keys.map((key) => isSignedWith(key, headers, text))).toEqual([true, true]);
    expect(isSignedWith(secret, headers, `${text} `)).toBe(false);

    show();
    await pass(4, 2);
    expect(receiver.about('centre-a')).toEqual(['alert.new']);
    await pass(2);
    expect(receiver.about('centre-a')).toEqual(['alert.new', 'alert.resolved']);
    const [first, last] = mailAbout('centre-a');
    expect(first).toMatchObject({
      from: 'gatehouse@example.com',
      to: ['one@example.com', 'two@example.com'],
      isEncrypted: true,
    });
    expect(first?.text).toMatch(/^Subject: \[Gatehouse login\.test\] Warnung: Contact-Center teilen/m);
    expect(first?.text).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(decoded(first?.text ?? '')).toContain(`Was zu tun ist: ${publicUrl}/auth/console/runbooks#`);
    expect(last?.text).toMatch(/^Subject: .*Gel/m);
  });

  it('say once in the quiet time that a problem comes and goes, also over a restart', async () => {
    show(problemOf('centre-b'));
    await pass(2);
    show();
    await pass(6, 2);
    const said = ['alert.new', 'alert.resolved'];
    expect(receiver.about('centre-b')).toEqual(said);
    await replica.close();
    replica = await start(stack);
    show(problemOf('centre-b'));
    await pass(1.5);
    expect(receiver.about('centre-b')).toEqual(said);
    // It stays: the quiet time is over after ten minutes.
    await pass(3);
    expect(receiver.about('centre-b')).toEqual([...said, 'alert.new']);
  });

  it('say again that a problem is there when it became worse, and every so many hours', async () => {
    show(problemOf('centre-c'));
    await pass(2);
    show(problemOf('centre-c', { severity: 'critical' }));
    await pass(1);
    show(problemOf('centre-c'));
    await pass(1);
    show(problemOf('centre-c', { severity: 'critical' }));
    await pass(1);
    expect(receiver.about('centre-c')).toEqual(['alert.new', 'alert.new']);
    await pass(60, 4);
    expect(receiver.about('centre-c')).toEqual(['alert.new', 'alert.new', 'alert.reminder']);
  });

  it('call nothing solved that nobody can see: Environment API does not answer, or no replica has looked', async () => {
    show(problemOf('centre-d'));
    await pass(2);
    await stack.environmentApi.stop();
    show();
    await pass(7, 3.5);
    expect(receiver.about('centre-d')).toEqual(['alert.new']);
    clockMs += 30 * minuteMs;
    await stack.environmentApi.start();
    await pass(1);
    expect(receiver.about('centre-d')).toEqual(['alert.new']);
    await pass(6, 2);
    expect(receiver.about('centre-d')).toEqual(['alert.new', 'alert.resolved']);
  });

  it('reach the other receiver while one hangs or refuses, and come to it later by the same id', async () => {
    receiver.answers.push('hang', 503);
    show(problemOf('centre-e'));
    const before = receiver.tried.length;
    for (const _round of [1, 2, 3]) {
      clockMs += minuteMs / 2;
      const startedMs = performance.now();
      await stack.deps.alerts.watch.round();
      expect(performance.now() - startedMs).toBeLessThan(5_000);
    }
    await expect.poll(() => mailAbout('centre-e').length, { timeout: 10_000 }).toBe(1);
    await expect
      .poll(async () => (await state())[0]?.failure, { timeout: 10_000 })
      .toContain('did not answer in time');
    expect((await state())[0]).toMatchObject({ channel: 'webhook', waiting: 1 });
    expect(await problems()).toContainEqual(
      expect.objectContaining({ runbook: 'alerts-do-not-arrive', subject: 'webhook', severity: 'warning' }),
    );

    await expect.poll(arrives, { timeout: 20_000, interval: 100 }).toBe(0);
    expect(receiver.about('centre-e')).toEqual(['alert.new']);
    const tried = receiver.tried.slice(before).map(({ id }) => id);
    expect(tried.length).toBeGreaterThanOrEqual(3);
    expect(new Set(tried).size).toBe(1);
    await expect.poll(async () => (await state())[0]?.failure).toBeUndefined();
    expect((await problems()).map(({ runbook }) => runbook)).not.toContain('alerts-do-not-arrive');
    expect(await stack.metrics.expose()).toMatch(
      /^auth_alerts_total\{channel="webhook",outcome="delivered"\} \d/m,
    );
  });

  it('are tested by a call and by the command line, which tell who took the test', async () => {
    const test = async () =>
      (await opsCall(stack, 'POST', '/auth/v3/ops/alerts/test')).json<{ data: AlertTest }>().data.results;
    expect(await test()).toEqual([
      { channel: 'webhook', target: new URL(receiver.url).host, accepted: true },
      { channel: 'email', target: 'one@example.com, two@example.com', accepted: true },
    ]);
    expect(receiver.taken.at(-1)?.body).toMatchObject({ type: 'alert.test' });
    receiver.answers.push(404);
    mail.next.push({ code: 550, words: 'words of the mail server \u001b[2J' });
    expect(await test()).toMatchObject([
      { accepted: false, problem: 'The receiver answered 404.' },
      { accepted: false, problem: 'The receiver answered 550.' },
    ]);

    const cli = { env: await operatorEnvironment(stack) };
    const shown = await runCommand(['alerts', 'show'], cli);
    expect([shown.exitCode, shown.out]).toEqual([1, expect.stringContaining('answered 550')]);
    const sent = await runCommand(['alerts', 'test'], cli);
    expect([sent.exitCode, sent.out]).toEqual([0, expect.stringContaining('webhook')]);
  });

  it('say what is critical once for all replicas while PostgreSQL keeps nothing, and later that it is solved', async () => {
    const { pool } = stack.deps.stores;
    await pool.query('ALTER TABLE auth.alerts RENAME TO alerts_away');
    show(problemOf('centre-f', { severity: 'critical' }), problemOf('centre-g'));
    const rounds = async (count: number) => {
      for (let round = 0; round < count; round += 1) {
        clockMs += minuteMs / 2;
        await Promise.allSettled([stack, replica].map(({ deps }) => deps.alerts.watch.round()));
      }
    };
    await rounds(2);
    expect(receiver.about('centre-f')).toEqual([]);
    await rounds(4);
    expect([receiver.about('centre-f'), receiver.about('centre-g')]).toEqual([['alert.new'], []]);
    await pool.query('ALTER TABLE auth.alerts_away RENAME TO alerts');
    await pass(2);
    expect(receiver.about('centre-f')).toEqual(['alert.new']);
    show();
    await pass(6, 2);
    expect(receiver.about('centre-f')).toEqual(['alert.new', 'alert.resolved']);
  });
});
