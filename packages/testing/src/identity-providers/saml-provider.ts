/** A real SAML identity provider (samlp) on loopback. */
/// <reference path="./untyped-packages.d.ts" />
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import samlp from 'samlp';
import { makeProviderKey } from '../keys/provider-key.ts';
import { readForm, signInPage } from './sign-in-page.ts';

export interface SamlProvider {
  readonly metadataUrl: string;
  /** How many times a person was asked to sign in. */
  readonly signIns: number;
  /** From now on another key signs, which its metadata names alone. */
  rollOver(): void;
  close(): Promise<void>;
}

export interface SamlProviderOptions {
  /** Asks by a page, once for each browser; otherwise `agent` is signed in. */
  asksByPage?: boolean;
}

const sessionCookie = 'provider-session';

export async function startSamlProvider({ asksByPage }: SamlProviderOptions = {}): Promise<SamlProvider> {
  let key = makeProviderKey();
  let signIns = 0;
  const server = createServer((request, response) => {
    void answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Another name than that of the public host: for a browser another site.
  const base = `http://localhost:${(server.address() as AddressInfo).port}`;

  const optionsFor = (acsUrl: string, user: string) => ({
    issuer: `${base}/metadata`,
    cert: key.certificate,
    key: key.privateKey,
    signatureAlgorithm: 'rsa-sha256',
    digestAlgorithm: 'sha256',
    signResponse: false,
    destination: acsUrl,
    recipient: acsUrl,
    getPostURL: (_audience: string, _parsed: unknown, _request: unknown, done: Done) => done(null, acsUrl),
    getUserFromRequest: () => ({
      id: user,
      emails: [{ value: `${user}@example.com` }],
      displayName: user,
      name: { givenName: user, familyName: user },
    }),
    redirectEndpointPath: '/login',
    postEndpointPath: '/login',
  });

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', base);
    const form = request.method === 'POST' ? await readForm(request) : new URLSearchParams();
    const shimmed = asExpress(request, response, base, searchParams, form);
    if (pathname === '/metadata') {
      samlp.metadata(optionsFor('', ''))(shimmed.request, shimmed.response);
      return;
    }
    const known = /provider-session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    const user = form.get('user') ?? known ?? (asksByPage ? undefined : 'agent');
    if (user === undefined) {
      // Parameters of a POST are carried on; those of the query stay there.
      const { user: _user, ...carried } = Object.fromEntries(form);
      response.setHeader('content-type', 'text/html').end(signInPage(request.url ?? '', carried));
      return;
    }
    if (user !== known) signIns += 1;
    response.setHeader('set-cookie', `${sessionCookie}=${user}; HttpOnly`);
    const asked = await read(shimmed.request);
    const auth = samlp.auth(optionsFor(asked.assertionConsumerServiceURL, user));
    auth(shimmed.request, shimmed.response, (error) => response.writeHead(500).end(String(error)));
  };

  return {
    metadataUrl: `${base}/metadata`,
    get signIns() {
      return signIns;
    },
    rollOver() {
      key = makeProviderKey();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Done = (error: null, url: string) => void;

function read(request: IncomingMessage): Promise<{ assertionConsumerServiceURL: string }> {
  return new Promise((resolve, reject) => {
    samlp.parseRequest(request, {}, (error, parsed) => (parsed ? resolve(parsed) : reject(error)));
  });
}

/** The library asks for Express; this much of it does. */
function asExpress(
  request: IncomingMessage,
  response: ServerResponse,
  base: string,
  query: URLSearchParams,
  form: URLSearchParams,
) {
  const shim = Object.assign(response, {
    set: (name: string, value: string) => response.setHeader(name, value),
    status: (code: number) => Object.assign(response, { statusCode: code }),
    send: (body: string) => response.end(body),
    json: (body: unknown) => response.end(JSON.stringify(body)),
  });
  const { host, protocol } = new URL(base);
  Object.assign(request, {
    query: Object.fromEntries(query),
    body: Object.fromEntries(form),
    originalUrl: request.url,
    protocol: protocol.replace(':', ''),
    get: (name: string) => (name.toLowerCase() === 'host' ? host : undefined),
  });
  return { request, response: shim };
}
