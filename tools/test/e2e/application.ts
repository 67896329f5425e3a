/** An application on an origin of its own that registers for everything that can be told to one. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import type { StackDescription } from '../../stack/state/stack-file.ts';
import { basic } from './calls.ts';

export interface Application {
  readonly clientId: string;
  readonly origin: string;
  request(parameters: Record<string, string>): Record<string, string>;
  authorizeUrl(parameters: Record<string, string>): string;
  /** For the code that came last. */
  redeem(): Promise<{ id_token: string; access_token: string }>;
  /** A form on a page of the application. */
  postFrom(page: Page, action: string, fields: Record<string, string>): Promise<void>;
  /** Queries of the frames that were loaded. */
  framed(): string[];
  /** Logout tokens that came by the back channel. */
  told(): string[];
  close(): void;
}

export async function startApplication(
  { publicUrl, ops }: StackDescription,
  changes: Record<string, unknown> = {},
): Promise<Application> {
  const api = `${publicUrl}/auth/v3`;
  const [framed, told]: string[][] = [[], []];
  let code = '';
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const { pathname, search, searchParams } = new URL(incoming.url ?? '/', 'http://application');
    if (pathname === '/callback') code = form.get('code') ?? searchParams.get('code') ?? code;
    if (pathname === '/frame') framed?.push(search);
    if (pathname === '/logout') told?.push(form.get('logout_token') ?? '');
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Trial</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  // Another name for this machine is another site for the browser.
  const isLocalhost = new URL(publicUrl).hostname === 'localhost';
  const origin = `http://${isLocalhost ? '127.0.0.1' : 'localhost'}:${port}`;
  const redirectUri = `${origin}/callback`;
  const registration = {
    name: 'Trial application',
    authorizedGrantTypes: ['authorization_code', 'refresh_token'],
    redirectURIs: [redirectUri],
    postLogoutRedirectURIs: [`${origin}/bye`],
    requireConsent: true,
    requirePkce: false,
    backchannelLogoutUri: `http://127.0.0.1:${port}/logout`,
    frontchannelLogoutUri: `${origin}/frame`,
    frontchannelLogoutSessionRequired: true,
    ...changes,
  };
  const created = await fetch(`${api}/ops/clients`, {
    method: 'POST',
    headers: { authorization: basic(ops), 'content-type': 'application/json' },
    body: JSON.stringify({ data: registration }),
  });
  const { data } = (await created.json()) as { data: { client_id: string; client_secret: string } };
  const { client_id: clientId, client_secret: secret } = data;
  const request: Application['request'] = (parameters) => ({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    state: 'some-state',
    ...parameters,
  });

  return {
    clientId,
    origin,
    request,
    authorizeUrl: (parameters) => `${api}/oauth/authorize?${new URLSearchParams(request(parameters))}`,
    async redeem() {
      const answer = await fetch(`${api}/oauth/token`, {
        method: 'POST',
        headers: { authorization: basic({ username: clientId, password: secret }) },
        body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri }),
      });
      return (await answer.json()) as { id_token: string; access_token: string };
    },
    async postFrom(page, action, fields) {
      await page.goto(origin);
      await page.evaluate(
        ([target, inputs]) => {
          const form = document.createElement('form');
          Object.assign(form, { method: 'post', action: target });
          for (const [name, value] of inputs) {
            const input = Object.assign(document.createElement('input'), { name, value });
            form.append(input);
          }
          document.body.append(form);
          form.submit();
        },
        [action, Object.entries(fields)] as const,
      );
    },
    framed: () => framed ?? [],
    told: () => told ?? [],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
