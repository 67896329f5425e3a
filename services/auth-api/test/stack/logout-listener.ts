/** The part of an application that is told of sign-outs by the back channel. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Told {
  /** As it was sent. */
  body: string;
  contentType: string | undefined;
  logoutToken: string;
}

export interface LogoutListener {
  url: string;
  readonly told: Told[];
  /** What the next calls are answered with, in order; 200 afterwards. `hang` never answers. */
  answers: (number | 'hang')[];
  /** Resolves with all of them as soon as there are so many. */
  after(count: number): Promise<Told[]>;
  close(): void;
}

export async function startLogoutListener(): Promise<LogoutListener> {
  const told: Told[] = [];
  const answers: LogoutListener['answers'] = [];
  let waiting: { count: number; resolve: (told: Told[]) => void }[] = [];

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const logoutToken = new URLSearchParams(body).get('logout_token') ?? '';
    told.push({ body, contentType: request.headers['content-type'], logoutToken });
    const answer = answers.shift() ?? 200;
    if (answer !== 'hang') response.writeHead(answer, { 'cache-control': 'no-store' }).end();
    for (const { count, resolve } of waiting) if (told.length >= count) resolve([...told]);
    waiting = waiting.filter(({ count }) => told.length < count);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/backchannel-logout`,
    told,
    answers,
    after: (count) =>
      told.length >= count
        ? Promise.resolve([...told])
        : new Promise((resolve) => waiting.push({ count, resolve })),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
