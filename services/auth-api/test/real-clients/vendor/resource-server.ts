/** A resource server as the vendor's browser libraries expect it: it trusts whom our `/userinfo` knows, and pushes by Bayeux. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import type { TestClient } from '../../stack/oauth.ts';

export interface ResourceServer {
  url: string;
  close(): void;
}

interface CloudUser {
  loginName: string;
  contactCenterId: string;
  dbid: number;
}

interface BayeuxMessage {
  id?: string;
  channel: string;
  subscription?: string;
}

interface Call {
  url: URL;
  authorization: string | undefined;
  cookie: string;
  body: string;
}

export async function startResourceServer(issuer: string, client: TestClient): Promise<ResourceServer> {
  const sessions = new Map<string, CloudUser>();
  /** Channels that wait for their first message. */
  const subscribed = new Set<string>();

  async function userOf(token: string): Promise<CloudUser | undefined> {
    const answer = await fetch(`${issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    return answer.ok ? ((await answer.json()) as CloudUser) : undefined;
  }

  async function redeem(code: string, redirectUri: string): Promise<string> {
    const answer = await fetch(`${issuer}/oauth/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri }),
    });
    return ((await answer.json()) as { access_token?: string }).access_token ?? '';
  }

  async function findUser({ url, authorization, cookie }: Call): Promise<CloudUser | undefined> {
    const code = url.searchParams.get('code');
    if (code !== null) return userOf(await redeem(code, url.searchParams.get('redirect_uri') ?? ''));
    if (authorization !== undefined) return userOf(authorization.replace(/^Bearer /, ''));
    return sessions.get(/_SESSIONID=([^;]+)/.exec(cookie)?.[1] ?? '');
  }

  function bayeux(messages: BayeuxMessage[], user: CloudUser): unknown[] {
    return messages.flatMap(({ id, channel, subscription }): unknown[] => {
      const answer = { id, channel, successful: true, clientId: 'test-client', subscription };
      switch (channel) {
        case '/meta/handshake':
          return [{ ...answer, version: '1.0', supportedConnectionTypes: ['long-polling'] }];
        case '/meta/subscribe':
          subscribed.add(subscription ?? '');
          return [answer];
        case '/meta/connect': {
          const isAwaited = subscribed.delete('/workspace/v3/initialization');
          const initialized = { state: 'Complete', data: { user: { userName: user.loginName } } };
          const pushed = isAwaited ? [{ channel: '/workspace/v3/initialization', data: initialized }] : [];
          return [...pushed, { ...answer, advice: { interval: 100, timeout: 0 } }];
        }
        default:
          return [answer];
      }
    });
  }

  function answerTo(call: Call, user: CloudUser): { body: unknown; cookie?: string } {
    const [, service = '', , action = ''] = call.url.pathname.split('/');
    if (action.startsWith('initialize-')) {
      const id = randomUuid();
      sessions.set(id, user);
      return { body: { status: { code: 0 } }, cookie: `${service.toUpperCase()}_SESSIONID=${id}; Path=/` };
    }
    if (action === 'notifications') return { body: bayeux(JSON.parse(call.body), user) };
    return { body: { status: { code: 0 }, data: { user: { userName: user.loginName, dbid: user.dbid } } } };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { authorization, cookie = '' } = request.headers;
    const url = new URL(request.url ?? '/', 'http://resource-server');
    const call: Call = { url, authorization, cookie, body: Buffer.concat(chunks).toString('utf8') };
    const user = await findUser(call);
    if (user === undefined) {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"status":{"code":401}}');
      return;
    }
    const answer = answerTo(call, user);
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(answer.cookie === undefined ? {} : { 'set-cookie': answer.cookie }),
    });
    response.end(JSON.stringify(answer.body));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
