/** Sends messages about problems by e-mail: over TLS, to the addresses of the settings alone, as plain text. */
import type { Secret } from '@gatehouse/service-kit/crypto';
import { type Said, say } from '@gatehouse/service-kit/sentences';
import type { SMTPTransportOptions } from 'nodemailer/lib/smtp-transport';
import { type Channel, type Message, Undelivered } from './channel.ts';
import type { Wording } from './wording.ts';

interface MailOptions {
  /** smtp:// or smtps://, host and port. */
  server: string;
  from: string;
  to: readonly string[];
  username: string | undefined;
  password: Secret | undefined;
  ca: string | undefined;
  allowPlaintext: boolean;
  wording: Wording;
}

export function createMail(options: MailOptions): Channel {
  const { from, to, wording } = options;
  return {
    name: 'email',
    target: to.join(', '),
    async send(message, signal) {
      // Loaded where it is used: most installations send no e-mail.
      const { createTransport } = await import('nodemailer');
      try {
        await createTransport(transportOf(options)).sendMail({
          from: { name: 'Gatehouse', address: from },
          to: [...to],
          ...contentOf(message, wording),
          // RFC 3834 section 5: nobody's absence note answers it.
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal,
        });
      } catch (error) {
        const { responseCode = 0 } = error as { responseCode?: number };
        throw new Undelivered(
          reasonOf(error as SmtpError),
          responseCode === 552 || responseCode === 554,
          error,
        );
      }
    },
  };
}

function contentOf({ id, alert }: Message, wording: Wording) {
  return {
    messageId: `<${id}@${wording.host.replace(/:.*$/, '')}>`,
    date: new Date(alert.at),
    subject: `[Gatehouse ${wording.host}] ${wording.headlineOf(alert)}`,
    text: `${wording.textOf(alert)}\n\n-- \n${wording.why()}\n`,
  };
}

function transportOf(options: MailOptions): SMTPTransportOptions {
  const { server, username, password, ca, allowPlaintext } = options;
  const { protocol, hostname, port } = new URL(server);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isImplicit = protocol === 'smtps:';
  return {
    host,
    port: Number(port) || (isImplicit ? 465 : 587),
    secure: isImplicit,
    // RFC 8314 section 3: a server that offers no STARTTLS, or whose offer was taken away on the way, gets nothing.
    requireTLS: !isImplicit && !allowPlaintext,
    ignoreTLS: allowPlaintext,
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    ...(username === undefined || password === undefined
      ? {}
      : { auth: { user: username, pass: password.reveal() } }),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

interface SmtpError {
  code?: string;
  responseCode?: number;
  message: string;
}

const reasons = {
  ETLS: 'alert.failed.tls',
  EAUTH: 'alert.failed.login',
  ENOAUTH: 'alert.failed.login',
  EABORT: 'alert.failed.silent',
  ETIMEDOUT: 'alert.failed.silent',
} as const;

/** Words of our own: what the server says would be read by people here. */
function reasonOf({ code = '', responseCode = 0, message }: SmtpError): Said {
  // The library forgets the code of OpenSSL.
  if (code === 'ESOCKET' && /certificate|altnames/i.test(message)) return say('alert.failed.tls');
  if (Object.hasOwn(reasons, code)) return say(reasons[code as keyof typeof reasons]);
  return responseCode >= 400
    ? say('alert.failed.status', { status: responseCode })
    : say('alert.failed.unreachable');
}
