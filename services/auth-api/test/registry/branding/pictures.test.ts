import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAuthority } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { readView } from '../../stack/interaction.ts';
import { authorizeUrl, createClient, interactionOf, opsCall, redirectUri } from '../../stack/oauth.ts';

const initialToken = 'initial-access-token-of-the-tests-00';

let stack: AuthApi;
let host: Server;
let base: string;
/** Of the foreign host, by path. */
const answers: Record<string, { type?: string; body?: string | Buffer; status?: number; location?: string }> =
  {
    '/logo.png': { type: 'image/png', body: 'picture of a client' },
    '/other.png': { type: 'image/png', body: 'picture, another one' },
    '/page': { type: 'text/html', body: 'picture?' },
    '/drawing.svg': { type: 'image/svg+xml', body: '<svg/>' },
    '/broken.png': { type: 'image/png', body: 'no such thing' },
    '/large.png': { type: 'image/png', body: Buffer.alloc(300 * 1024, 'picture') },
    '/moved.png': { status: 302, location: '/logo.png' },
  };
const asked: string[] = [];

beforeAll(async () => {
  const authority = createAuthority();
  host = createServer(authority.issue(), (request, response) => {
    asked.push(request.url ?? '');
    const {
      type = 'text/plain',
      body = '',
      status = 200,
      location,
    } = answers[request.url ?? ''] ?? { status: 404 };
    response.writeHead(status, { 'content-type': type, ...(location ? { location } : {}) }).end(body);
  });
  host.listen(0, '127.0.0.1');
  await once(host, 'listening');
  base = `https://localhost:${(host.address() as AddressInfo).port}`;
  stack = await startAuthApi({
    env: {
      GATEHOUSE_MODE: 'local',
      GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true',
      GATEHOUSE_OUTBOUND_CA: authority.cert,
      GATEHOUSE_REGISTRATION_TOKEN: initialToken,
    },
  });
});
afterAll(async () => {
  host?.close();
  await stack?.close();
});

const stored = (text: string) => {
  const digest = hash('sha256', text);
  stack.environmentApi.images.stored.set(digest, Buffer.from(text));
  return digest;
};
const read = (digest: string, headers: Record<string, string> = {}, remoteAddress = '203.0.113.7') =>
  stack.app.inject({ url: `/auth/v3/branding/images/${digest}`, headers, remoteAddress });
const questions = (digest: string) =>
  stack.environmentApi.asked.filter(({ path }) => path.endsWith(`/images/${digest}`)).length;

describe('a picture of the pages', () => {
  it('is sent as what it is, may be kept for a year, and is read once', async () => {
    const digest = stored('picture of the pages');
    const [answer] = await Promise.all([read(digest), read(digest), read(digest)]);
    expect(answer?.statusCode).toBe(200);
    expect(answer?.body).toBe('picture of the pages');
    await read(digest);
    expect(questions(digest)).toBe(1);
    expect(answer?.headers).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  // attack: picture that a browser runs as a page | CWE-79 | guard: services/auth-api/src/registry/branding/routes.ts
  it('is nothing but a picture where it is opened by itself', async () => {
    const { headers } = await read(stored('picture <script>alert(1)</script>'), { accept: 'text/html' });
    expect(headers).toMatchObject({
      'content-type': 'image/webp',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
  });

  // attack: digest of a picture that is a path | CWE-22 | guard: services/auth-api/src/registry/branding/images.ts
  it.each(['..%2f..%2fenvironments%2f1', '%2e%2e', 'A'.repeat(64), `${'a'.repeat(64)}.png`, '%00'])(
    'is not asked for by another name than a digest: %s',
    async (digest) => {
      const before = stack.environmentApi.asked.length;
      // 400 for what is no line of text of that length.
      expect([400, 404]).toContain((await read(digest)).statusCode);
      expect(stack.environmentApi.asked.length).toBe(before);
    },
  );

  // attack: flood of calls behind the front by made-up digests | CWE-770 | guard: services/auth-api/src/registry/branding/images.ts
  it('is not looked for without end: unknown digests are few for each address, known ones are not counted', async () => {
    const digest = stored('picture that is known');
    const statuses: number[] = [];
    for (let count = 0; count < 102; count += 1)
      statuses.push((await read(count.toString(16).padStart(64, '0'), {}, '198.51.100.9')).statusCode);
    expect(statuses.slice(0, 100).every((status) => status === 404)).toBe(true);
    expect(statuses.at(-1)).toBe(429);
    expect((await read(digest, {}, '203.0.113.8')).statusCode).toBe(200);
    expect((await read(digest, {}, '198.51.100.9')).statusCode).toBe(200);
  });
});

const logosOf = (clientId: string) => [...(stack.environmentApi.images.ofClients.get(clientId) ?? [])];
const update = (clientId: string, fields: object) =>
  opsCall(stack, 'PUT', `/auth/v3/ops/clients/${clientId}`, { data: fields });

describe('the picture of a client', () => {
  it('oidcc-registration-logo-uri: is taken once and shown from here, replaced and deleted with it', async () => {
    const client = await createClient(stack, { logoUri: `${base}/logo.png` });
    const digest = hash('sha256', 'picture of a client');
    const browser = createBrowser(stack.app);
    const view = async () => {
      const asked = await browser.get(authorizeUrl({ ...client, redirectUri }, { scope: 'openid' }));
      return (await readView(stack.app, browser, interactionOf(asked))).client;
    };
    expect(await view()).toMatchObject({ logo: { digest, width: 64, height: 32 } });
    expect((await read(digest)).body).toBe('picture of a client');

    const before = asked.length;
    await update(client.clientId, { logoUri: `${base}/logo.png`, name: 'Renamed' });
    expect(asked.length).toBe(before);

    await update(client.clientId, { logoUri: `${base}/other.png` });
    expect(logosOf(client.clientId)).toEqual([hash('sha256', 'picture, another one')]);
    await update(client.clientId, { logoUri: null });
    expect(logosOf(client.clientId)).toEqual([]);
    expect((await view()).logo).toBeUndefined();
    await update(client.clientId, { logoUri: `${base}/logo.png` });
    await opsCall(stack, 'DELETE', `/auth/v3/ops/clients/${client.clientId}`);
    expect(logosOf(client.clientId)).toEqual([]);
  });

  it.each(['/page', '/drawing.svg', '/broken.png', '/large.png', '/moved.png', '/none'])(
    'is refused from %s, with a reason',
    async (path) => {
      const answer = await opsCall(stack, 'POST', '/auth/v3/ops/clients', {
        data: { name: 'X', redirectURIs: [redirectUri], logoUri: `${base}${path}` },
      });
      expect(answer.status).toBe(400);
      expect(answer.body).toContain('data.logoUri');
    },
  );

  // attack: address inside the network as logo_uri | CWE-918 | guard: services/auth-api/src/registry/clients/logos.ts
  it('is not fetched from inside the network, nor tells what answered there', async () => {
    for (const address of [
      'https://10.0.0.1/a.png',
      'https://169.254.169.254/latest',
      'https://[fd00::1]/a.png',
    ]) {
      const answer = await opsCall(stack, 'POST', '/auth/v3/ops/clients', {
        data: { name: 'X', redirectURIs: [redirectUri], logoUri: address },
      });
      expect([answer.status, answer.body.includes('cannot be fetched')]).toEqual([400, true]);
    }
  });

  it('is left out where a client registers itself with one that cannot be had', async () => {
    const register = async (logo_uri: string) => {
      const answer = await stack.app.inject({
        method: 'POST',
        url: '/auth/v3/oauth/register',
        headers: { authorization: `Bearer ${initialToken}` },
        payload: { client_name: 'Self', redirect_uris: [redirectUri], logo_uri },
      });
      return [answer.statusCode, answer.json().logo_uri, answer.json().error];
    };
    expect(await register(`${base}/logo.png`)).toEqual([201, `${base}/logo.png`, undefined]);
    expect(await register(`${base}/page`)).toEqual([201, undefined, undefined]);
    expect(await register('javascript:alert(1)')).toEqual([400, undefined, 'invalid_client_metadata']);
  });
});
