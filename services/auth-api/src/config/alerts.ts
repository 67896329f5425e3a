/** Defines the settings of alerts: who is told of problems by webhook and e-mail, in which language, and how often. */
import { createAddressPolicy } from '@gatehouse/api-client/http';
import { optionalSecretSetting, overrideSetting, read, setting } from '@gatehouse/service-kit/config';
import { checkWebhookKeys } from '@gatehouse/service-kit/crypto';
import { languages } from '@gatehouse/service-kit/html';
import { z } from 'zod';

const address = z.email().max(254);

export const alertSettings = {
  webhookUrl: setting(z.url({ protocol: /^https?$/ }).optional(), {
    env: 'GATEHOUSE_ALERTS_WEBHOOK_URL',
    doc: 'Address of a webhook that is told of problems. Without it none is. A private address needs GATEHOUSE_OUTBOUND_ALLOWED_NETWORKS.',
    example: 'https://alerts.example/hooks/gatehouse',
  }),
  webhookSecret: optionalSecretSetting({
    env: 'GATEHOUSE_ALERTS_WEBHOOK_SECRET',
    doc: 'Key that signs what that webhook gets (HMAC-SHA-256), as Standard Webhooks has it: whsec_ and 24 to 64 bytes in base64. Two lines while it is being replaced: both sign.',
    check: checkWebhookKeys,
  }),
  mailServer: setting(z.url({ protocol: /^smtps?$/ }).optional(), {
    env: 'GATEHOUSE_ALERTS_MAIL_SERVER',
    doc: 'Mail server that takes e-mail about problems: smtp:// requires STARTTLS (port 587), smtps:// begins with TLS (port 465). Without it no e-mail is sent.',
    example: 'smtp://mail.example:587',
  }),
  mailFrom: setting(address.optional(), {
    env: 'GATEHOUSE_ALERTS_MAIL_FROM',
    doc: 'Address that sends that e-mail.',
    example: 'gatehouse@example.com',
  }),
  mailTo: setting(
    read
      .list()
      .default([] as string[])
      .pipe(z.array(address).max(20)) as unknown as z.ZodType<string[]>,
    {
      env: 'GATEHOUSE_ALERTS_MAIL_TO',
      doc: 'Addresses that get it, separated by commas, at most 20.',
      example: 'operations@example.com',
    },
  ),
  mailUsername: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_ALERTS_MAIL_USERNAME',
    doc: 'User at the mail server, where it asks for one.',
  }),
  mailPassword: optionalSecretSetting({
    env: 'GATEHOUSE_ALERTS_MAIL_PASSWORD',
    doc: 'Password of that user.',
  }),
  mailCa: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_ALERTS_MAIL_CA',
    doc: "Authority of the mail server's certificate, in PEM; default: those of the runtime.",
  }),
  mailAllowPlaintext: overrideSetting({
    env: 'GATEHOUSE_ALERTS_MAIL_ALLOW_PLAINTEXT',
    doc: 'Sends e-mail to an smtp:// server without encryption. Who stands in between reads which problems there are, and the password.',
  }),
  language: setting(z.enum(languages as [string, ...string[]]).default('en'), {
    env: 'GATEHOUSE_ALERTS_LANGUAGE',
    doc: `Language of the messages: ${languages.join(', ')}.`,
  }),
  quietMinutes: setting(read.integer(1, 1440).default(60), {
    env: 'GATEHOUSE_ALERTS_QUIET_MINUTES',
    doc: 'A problem that comes and goes is told once in so many minutes.',
  }),
  reminderHours: setting(read.integer(0, 720).default(24), {
    env: 'GATEHOUSE_ALERTS_REMINDER_HOURS',
    doc: 'A problem that stays is told again after so many hours; 0: never.',
  }),
};

interface AlertValues {
  webhookUrl: string | undefined;
  webhookSecret: unknown;
  mailServer: string | undefined;
  mailFrom: string | undefined;
  mailTo: readonly string[];
  mailUsername: string | undefined;
  mailPassword: unknown;
  mailAllowPlaintext: boolean;
}

/** Returns one sentence for each contradiction between settings. */
export function alertProblems(
  { webhookUrl, webhookSecret, ...mail }: AlertValues,
  { allowedNetworks, allowLoopback }: { allowedNetworks: readonly string[]; allowLoopback: boolean },
): string[] {
  const problems = mailProblems(mail);
  if (webhookUrl === undefined) return problems;
  const refused = createAddressPolicy(allowedNetworks, allowLoopback).problemOf(webhookUrl);
  if (refused !== undefined) problems.push(`GATEHOUSE_ALERTS_WEBHOOK_URL: ${refused.message}`);
  if (webhookSecret === undefined)
    problems.push(
      'GATEHOUSE_ALERTS_WEBHOOK_URL needs GATEHOUSE_ALERTS_WEBHOOK_SECRET, which signs what the webhook gets',
    );
  return problems;
}

function mailProblems(mail: Omit<AlertValues, 'webhookUrl' | 'webhookSecret'>): string[] {
  const { mailServer, mailFrom, mailTo, mailUsername, mailPassword, mailAllowPlaintext } = mail;
  const problems: string[] = [];
  if ((mailUsername === undefined) !== (mailPassword === undefined))
    problems.push('GATEHOUSE_ALERTS_MAIL_USERNAME and GATEHOUSE_ALERTS_MAIL_PASSWORD belong together');
  if (mailServer === undefined) return problems;
  const { protocol, hostname, username, password, pathname, search } = new URL(mailServer);
  if (hostname === '' || username !== '' || password !== '' || !/^\/?$/.test(pathname) || search !== '')
    problems.push(
      'GATEHOUSE_ALERTS_MAIL_SERVER: a mail server is host and port, such as smtp://mail.example:587',
    );
  if (mailFrom === undefined || mailTo.length === 0)
    problems.push(
      'GATEHOUSE_ALERTS_MAIL_SERVER needs GATEHOUSE_ALERTS_MAIL_FROM and GATEHOUSE_ALERTS_MAIL_TO: who sends, and who is told',
    );
  if (mailAllowPlaintext && protocol === 'smtps:')
    problems.push('GATEHOUSE_ALERTS_MAIL_ALLOW_PLAINTEXT: is for smtp:// only');
  return problems;
}
