/** A mail server that keeps what it gets: with TLS from the beginning, by STARTTLS, or without. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { Identity } from '../keys/certificates.ts';

export interface MailServerOptions {
  /** `starttls`: offered, and the password is taken behind it alone. */
  tls: 'implicit' | 'starttls' | 'none';
  /** Needed for TLS. */
  identity?: Identity;
  /** The only account; without it everybody may send. */
  account?: { user: string; password: string };
}

export interface ReceivedMail {
  from: string;
  to: string[];
  isEncrypted: boolean;
  /** As it came, headers included. */
  text: string;
}

export async function startMailServer({ tls, identity, account }: MailServerOptions) {
  const received: ReceivedMail[] = [];
  /** The server refuses the next messages with a code and words of its own, or never answers them. */
  const next: ({ code: number; words: string } | 'hang')[] = [];
  const server = new SMTPServer({
    secure: tls === 'implicit',
    ...(identity === undefined ? {} : { cert: identity.cert, key: identity.key }),
    disabledCommands: [...(tls === 'none' ? ['STARTTLS'] : []), ...(account === undefined ? ['AUTH'] : [])],
    allowInsecureAuth: tls === 'none',
    authOptional: account === undefined,
    logger: false,
    closeTimeout: 100,
    onAuth({ username, password }, _session, callback) {
      const isRight = username === account?.user && password === account?.password;
      if (isRight) callback(null, { user: username });
      else callback(new Error(`${password} is no password here`));
    },
    onData(stream, { envelope, secure }, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const act = next.shift();
        if (act === 'hang') return;
        if (act !== undefined)
          return callback(Object.assign(new Error(act.words), { responseCode: act.code }));
        received.push({
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          isEncrypted: secure,
          text: Buffer.concat(chunks).toString('utf8'),
        });
        callback();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    next,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}
