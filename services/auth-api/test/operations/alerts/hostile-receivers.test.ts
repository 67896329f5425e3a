/** Receivers of alerts that attack, networks that do, and names that try to write messages of their own. */
import { loadConfig } from '@gatehouse/service-kit/config';
import { Secret } from '@gatehouse/service-kit/crypto';
import { createAuthority } from '@gatehouse/testing/keys';
import { type MailServerOptions, startMailServer } from '@gatehouse/testing/mail';
import { watchSecret } from '@gatehouse/testing/secrets';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configuration } from '../../../src/config.ts';
import type { ProblemAlert } from '../../../src/operations/alerts/channel.ts';
import { createMail } from '../../../src/operations/alerts/mail.ts';
import { createWording } from '../../../src/operations/alerts/wording.ts';
import { publicUrl, requiredSettings } from '../../stack/auth-api.ts';
import { problemOf, secret } from './receivers.ts';

const authority = createAuthority();
const identity = authority.issue();
const account = { user: 'gatehouse', password: 'another-password-of-the-mail-server' };
watchSecret(account.password, 'password of the mail server');

const alert: ProblemAlert = {
  kind: 'new',
  at: '2026-12-01T10:00:00.000Z',
  problemId: 'p1',
  problem: problemOf('centre'),
  location: '/USW1',
  beganAt: '2026-12-01T09:58:00.000Z',
};

async function mailServer(options: MailServerOptions) {
  const server = await startMailServer(options);
  onTestFinished(server.close);
  return server;
}

function send(
  port: number,
  {
    scheme = 'smtp',
    password = account.password,
    ca = authority.cert,
    allowPlaintext = false,
    problem = alert.problem,
    ms = 5_000,
  },
) {
  const channel = createMail({
    server: `${scheme}://localhost:${port}`,
    from: 'gatehouse@example.com',
    to: ['one@example.com'],
    username: account.user,
    password: new Secret(password),
    ca,
    allowPlaintext,
    wording: createWording('en', publicUrl),
  });
  return channel.send({ id: 'alert_1', alert: { ...alert, problem } }, AbortSignal.timeout(ms)).then(
    () => 'taken',
    (error: Error & { isFinal?: boolean }) => `${error.message}${error.isFinal ? ' (for good)' : ''}`,
  );
}

describe('mail servers', () => {
  it('get a message over TLS from the beginning, by STARTTLS, or in plain text where that is allowed', async () => {
    const implicit = await mailServer({ tls: 'implicit', identity, account });
    const starttls = await mailServer({ tls: 'starttls', identity, account });
    const plain = await mailServer({ tls: 'none', account });
    expect(await send(implicit.port, { scheme: 'smtps' })).toBe('taken');
    expect(await send(starttls.port, {})).toBe('taken');
    expect(await send(plain.port, { allowPlaintext: true })).toBe('taken');
    const all = [implicit, starttls, plain].map(({ received: [mail] }) => mail);
    expect(all.map((mail) => mail?.isEncrypted)).toEqual([true, true, false]);
    expect(all[0]?.text).toContain('Message-ID: <alert_1@login.test>');
    expect(all[0]?.text).toContain('centre shares its people.');
    expect(all[0]?.text).toContain('Location: /USW1');
  });

  // attack: mail server, or somebody before it, who takes STARTTLS away to read the password | CWE-319, CWE-757 | guard: services/auth-api/src/operations/alerts/mail.ts
  it('get neither message nor password without TLS', async () => {
    const plain = await mailServer({ tls: 'none', account });
    expect(await send(plain.port, {})).toMatch(/offers no TLS/);
    expect(plain.received).toEqual([]);
  });

  it.each([
    ['another authority', { ca: createAuthority().cert }, /certificate is not trusted/],
    [
      'a wrong password',
      { password: 'wrong-password-1' },
      /^The mail server refuses the user or the password\.$/,
    ],
  ])('are refused, or refuse: %s', async (_what, options, reason) => {
    const server = await mailServer({ tls: 'starttls', identity, account });
    expect(await send(server.port, options)).toMatch(reason);
    expect(server.received).toEqual([]);
  });

  // attack: mail server that holds whoever sends | CWE-400 | guard: services/auth-api/src/operations/alerts/mail.ts
  it('hold nobody for longer than one try', async () => {
    const server = await mailServer({ tls: 'starttls', identity, account });
    server.next.push('hang');
    expect(await send(server.port, { ms: 700 })).toBe('The receiver did not answer in time.');
  });

  // attack: words of a mail server that mislead whoever reads why an alert was not delivered | CWE-117, CWE-209 | guard: services/auth-api/src/operations/alerts/mail.ts
  it('bring no words of their own into the state', async () => {
    const server = await mailServer({ tls: 'starttls', identity, account });
    server.next.push(
      { code: 451, words: `call \u001b[2J ${account.password}` },
      { code: 554, words: 'spam' },
    );
    expect(await send(server.port, {})).toBe('The receiver answered 451.');
    expect(await send(server.port, {})).toBe('The receiver answered 554. (for good)');
  });

  // attack: name that writes headers or lines of its own into an e-mail | CWE-93, CWE-451 | guard: services/auth-api/src/operations/alerts/wording.ts
  it('get names of people and things as one line of text', async () => {
    const server = await mailServer({ tls: 'starttls', identity, account });
    const name = 'x\r\nBcc: victim@example.com\r\n\r\nCritical: call +1 900\u202e.\r\nmoc';
    expect(
      await send(server.port, { problem: problemOf(name, { message: `${name} unlocked accounts.` }) }),
    ).toBe('taken');
    const [mail] = server.received;
    expect(mail?.to).toEqual(['one@example.com']);
    expect(mail?.text).not.toMatch(/^(?:Bcc|Critical)/m);
    expect(mail?.text).not.toMatch(/\u202e|=E2=80=AE/);
  });
});

describe('settings of alerts', () => {
  const webhook = {
    GATEHOUSE_ALERTS_WEBHOOK_URL: 'https://alerts.example/hook',
    GATEHOUSE_ALERTS_WEBHOOK_SECRET: secret,
  };
  const mail = {
    GATEHOUSE_ALERTS_MAIL_SERVER: 'smtp://mail.example',
    GATEHOUSE_ALERTS_MAIL_FROM: 'gatehouse@example.com',
    GATEHOUSE_ALERTS_MAIL_TO: 'one@example.com',
  };
  const load = (env: Record<string, string>) => {
    try {
      loadConfig(configuration, {
        env: {
          GATEHOUSE_PUBLIC_URL: publicUrl,
          GATEHOUSE_POSTGRES_URL: 'postgres://127.0.0.1/none',
          GATEHOUSE_REDIS_URL: 'redis://127.0.0.1:1',
          GATEHOUSE_MODE: 'local',
          ...requiredSettings,
          ...env,
        },
      });
      return [];
    } catch (error) {
      return (error as { problems: string[] }).problems;
    }
  };

  it('are taken for both ways, and for each alone', () => {
    expect([load(webhook), load(mail), load({ ...webhook, ...mail })]).toEqual([[], [], []]);
  });

  // attack: webhook of alerts at an address of the inside, such as the one that hands out credentials in clouds | CWE-918 | guard: services/auth-api/src/config/alerts.ts
  it.each([
    ['https://169.254.169.254/latest', /WEBHOOK_URL: .*may not be called/],
    ['https://10.1.2.3/hook', /WEBHOOK_URL: .*may not be called/],
    ['http://alerts.example/hook', /WEBHOOK_URL: must be an https URL/],
    ['https://user:word@alerts.example/hook', /WEBHOOK_URL: must have no user name or password/],
  ])('refuse the webhook %s', (url, problem) => {
    expect(load({ ...webhook, GATEHOUSE_ALERTS_WEBHOOK_URL: url })).toEqual([expect.stringMatching(problem)]);
  });

  // attack: address with a line of its own, which adds headers or receivers to an e-mail | CWE-93 | guard: services/auth-api/src/config/alerts.ts
  it.each([
    [{ GATEHOUSE_ALERTS_MAIL_FROM: 'a@example.com\r\nBcc: victim@example.com' }, /MAIL_FROM/],
    [{ GATEHOUSE_ALERTS_MAIL_TO: 'a@example.com\nRCPT TO:<victim@example.com>' }, /MAIL_TO/],
    [{ GATEHOUSE_ALERTS_MAIL_TO: '' }, /needs GATEHOUSE_ALERTS_MAIL_FROM and GATEHOUSE_ALERTS_MAIL_TO/],
    [{ GATEHOUSE_ALERTS_MAIL_SERVER: 'smtp://user:word@mail.example' }, /a mail server is host and port/],
    [{ GATEHOUSE_ALERTS_MAIL_SERVER: 'https://mail.example' }, /MAIL_SERVER/],
    [{ GATEHOUSE_ALERTS_MAIL_USERNAME: 'gatehouse' }, /belong together/],
    [{ GATEHOUSE_ALERTS_LANGUAGE: 'xx' }, /LANGUAGE/],
  ])('refuse %j', (env, problem) => {
    const problems = load({ ...mail, ...env });
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems.join()).not.toContain('word@');
  });

  it.each(['', 'whsec_c2hvcnQ=', 'no-prefix'])('refuse a webhook with the key %j', (key) => {
    expect(load({ ...webhook, GATEHOUSE_ALERTS_WEBHOOK_SECRET: key })).toEqual([
      expect.stringMatching(/GATEHOUSE_ALERTS_WEBHOOK_SECRET/),
    ]);
  });
});
