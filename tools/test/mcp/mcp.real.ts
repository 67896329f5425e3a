/** The MCP server and client of docs/guides/mcp.md, as printed, with the SDK of the Model Context Protocol from its registry. */
import { type ChildProcess, spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPageServer, type IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { randomToken } from '@gatehouse/service-kit/crypto';
import { closeContexts, findChromium, sharedChromium } from '@gatehouse/testing/chromium';
import { recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { createAuthority } from '@gatehouse/testing/keys';
import { freePort } from '@gatehouse/testing/network';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { watchSecret } from '@gatehouse/testing/secrets';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ops } from '../../../services/auth-api/test/stack/auth-api.ts';
import { people, type Stage, startStage } from '../../../services/auth-ui/test/console/stage.ts';
import { enterName, enterPassword } from '../../stack/login-pages.ts';
import { basic } from '../e2e/calls.ts';
import { blocksOf, openBlocks } from '../quickstarts/page.ts';

/** Of the revision 2025-11-25: it takes the code alone from an answer, without `iss`. */
const olderSdk = '@modelcontextprotocol/sdk@1.32.2';
const inspector = '@modelcontextprotocol/inspector@2.12.0';
const chromium = findChromium();
const secret = 'a-secret-of-your-own';
const registrationToken = randomToken();
const programs = blocksOf('guides/mcp');

/** What `client.mjs` keeps. */
interface Kept {
  client: { client_id: string };
  tokens: { access_token: string; refresh_token: string; scope: string };
  discovery: { authorizationServerUrl: string; resourceMetadataUrl: string };
}

let stage: Stage;
let browser: Browser;
let documents: Server;
let place: string;
let folder: ReturnType<typeof openBlocks>;
let variables: { AUTH: string; OPS: string; MCP: string; CALLBACK: string };
/** `sub` of the person. */
let subject: string;
/** The same server under another address, where it checks JWTs by itself. */
let mcpOfJwts: string;
const stops: (() => Promise<unknown>)[] = [];
/** Every request to Gatehouse and to the host of the document. */
const asked: string[] = [];
const note = (message: unknown) => asked.push((message as { request: IncomingMessage }).request.url ?? '');

async function startAll(): Promise<void> {
  const authority = createAuthority();
  documents = createServer(authority.issue(), (_request, response) => {
    response.setHeader('content-type', 'application/json').end(readFileSync(join(place, 'document.json')));
  }).listen(0, '127.0.0.1');
  await once(documents, 'listening');
  stage = await startStage({
    authApiEnv: {
      GATEHOUSE_MODE: 'local',
      GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true',
      GATEHOUSE_OUTBOUND_CA: authority.cert,
      GATEHOUSE_CLIENT_DOCUMENT_HOSTS: hostOfDocuments(),
      GATEHOUSE_REGISTRATION_SCOPES: 'openid,profile,email,offline_access,calls:read,calls:write',
      GATEHOUSE_REGISTRATION_TOKEN: registrationToken,
    },
  });
  place = await temporaryFolder();
  variables = {
    AUTH: `${stage.publicUrl}/auth/v3`,
    OPS: `${ops.username}:${ops.password}`,
    MCP: `http://127.0.0.1:${await freePort()}/mcp`,
    CALLBACK: `http://127.0.0.1:${await freePort()}/callback`,
  };
  watchSecret(secret, 'secret of the MCP server');
  folder = openBlocks(programs, place, variables);
  for (const answer of await folder.prepare()) expect(JSON.parse(answer).status.code, answer).toBe(0);
  const npm = spawn('npm', ['install', '--no-fund', '--no-audit', olderSdk, inspector], {
    cwd: place,
    stdio: 'ignore',
  });
  expect(await once(npm, 'exit')).toEqual([0, null]);
  await folder.once('document', { CLIENT_DOCUMENT: clientDocument() });
  stops.push(await folder.run(variables.MCP));
  mcpOfJwts = `http://127.0.0.1:${await freePort()}/mcp`;
  await operate('PUT', 'clients/mcp-calls', { resources: [variables.MCP, mcpOfJwts] });
  const ofJwts = openBlocks(programs, place, { ...variables, MCP: mcpOfJwts, CHECK: 'jwt' });
  stops.push(await ofJwts.run(mcpOfJwts));
  browser = await sharedChromium();
  subject = await subjectOfAgent();
}

async function subjectOfAgent(): Promise<string> {
  await operate('POST', 'clients', {
    client_id: 'asker',
    client_secret: secret,
    authorizedGrantTypes: ['password'],
  });
  const { username, password } = people.agent;
  const form = { grant_type: 'password', username: `demo\\${username}`, password };
  return String((await introspect(await tokenOf('asker', form)))['sub']);
}

async function tokenOf(clientId: string, form: Record<string, string>): Promise<string> {
  const answer = await fetch(`${variables.AUTH}/oauth/token`, {
    method: 'POST',
    headers: { authorization: basic({ username: clientId, password: secret }) },
    body: new URLSearchParams(form),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  watchSecret(token, 'access token');
  return token;
}

/** As the operator, who may ask about every token. */
async function introspect(token: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${variables.AUTH}/oauth/introspect`, {
    method: 'POST',
    headers: { authorization: basic(ops) },
    body: new URLSearchParams({ token }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

const hostOfDocuments = () => `localhost:${(documents.address() as AddressInfo).port}`;
const clientDocument = () => `https://${hostOfDocuments()}/call-tools.json`;

async function operate(method: string, path: string, data: object): Promise<void> {
  const answer = await fetch(`${variables.AUTH}/ops/${path}`, {
    method,
    headers: { authorization: basic(ops), 'content-type': 'application/json' },
    body: JSON.stringify({ data }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

const versionOf = (name: string) => () =>
  JSON.parse(readFileSync(join(place, 'node_modules', name, 'package.json'), 'utf8')).version as string;

describe.skipIf(chromium === undefined)('the Model Context Protocol', () => {
  beforeAll(async () => {
    subscribe('http.server.request.start', note);
    await startAll();
  }, 180_000);

  afterAll(async () => {
    unsubscribe('http.server.request.start', note);
    await closeContexts(browser);
    for (const stop of stops) await stop();
    documents?.closeAllConnections();
    documents?.close();
    await stage?.close();
    if (place) rmSync(place, { recursive: true });
  });

  const byTheGuide = 'by the guide, as the revision 2026-07-28 asks';
  const records = {
    inspector: 'signs it in by a document, as the revision 2026-07-28 asks',
    server: `protects its server ${byTheGuide}`,
    client: `signs its client in ${byTheGuide}`,
    sdk: 'signs in its client of the revision 2025-11-25, which registers itself',
  };
  for (const [name, does] of Object.entries(records))
    recordForeignSoftware(`@modelcontextprotocol/${name}`, does, versionOf(`@modelcontextprotocol/${name}`));

  let clients = 0;

  /** A person who agrees to everything, in a browser of their own. */
  async function newPerson() {
    const context = await browser.newContext({ locale: 'en' });
    onTestFinished(() => context.close());
    /** What the browser was sent back with. */
    const answers: URLSearchParams[] = [];
    const consents: string[] = [];
    return {
      answers,
      consents,
      async authorize(address: string): Promise<void> {
        const page = await context.newPage();
        await page.goto(address);
        if (answers.length === 0) {
          await enterName(page, { ...people.agent, tenant: 'demo' });
          await enterPassword(page, people.agent.password);
        }
        await page.waitForURL(/\/callback\?|consent\.html/);
        if (page.url().includes('consent.html')) {
          consents.push((await page.locator('main').textContent()) ?? '');
          await page.locator('button[value=allowed]').click();
          await page.waitForURL(/\/callback\?/);
        }
        answers.push(new URL(page.url()).searchParams);
        await page.close();
      },
    };
  }

  type Person = Awaited<ReturnType<typeof newPerson>>;

  /** Runs the program for the person; resolves with what it printed last, or with its error. */
  async function run(program: string, args: string[], person: Person, env: Record<string, string>) {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: place,
      env: { ...process.env, ...variables, ...env },
      stdio: 'pipe',
    });
    onTestFinished(() => void child.kill());
    // The inspector asks whether it may ask for more.
    child.stdin.end('y\n');
    return outputOf(child, person.authorize);
  }

  /** The program of the guide. `env` says how it gets its id. */
  async function newClient(env: Record<string, string>, program = 'client.mjs') {
    const kept = join(place, `kept-${++clients}.json`);
    const person = await newPerson();
    return {
      ...person,
      kept: () => JSON.parse(readFileSync(kept, 'utf8')) as Kept,
      async call(tool: string): Promise<string> {
        const printed = await run(program, [tool], person, { KEPT: kept, ...env });
        const { tokens } = this.kept();
        watchSecret(tokens?.access_token ?? '', 'access token');
        watchSecret(tokens?.refresh_token ?? '', 'refresh token');
        return printed;
      },
    };
  }

  it('a client that nobody registered signs in, goes on without asking, and gets more when a tool needs it', async () => {
    asked.length = 0;
    const client = await newClient({ CLIENT_DOCUMENT: clientDocument() });

    expect(await client.call('list-calls')).toBe(`2026-07-28 calls of ${subject}`);

    expect(client.kept()).toMatchObject({
      client: { client_id: clientDocument() },
      tokens: { scope: 'calls:read offline_access' },
      discovery: {
        authorizationServerUrl: variables.AUTH,
        resourceMetadataUrl: variables.MCP.replace('/mcp', '/.well-known/oauth-protected-resource/mcp'),
      },
    });
    expect(asked).toContain('/.well-known/oauth-authorization-server/auth/v3');
    expect(asked).toContain('/call-tools.json');
    expect(client.answers[0]?.get('iss')).toBe(variables.AUTH);
    expect(client.consents).toEqual([expect.stringContaining(variables.MCP)]);
    expect(client.consents[0]).toContain(hostOfDocuments());

    // The server learns at once that the token has ended, and the client refreshes it.
    const { access_token: ended } = client.kept().tokens;
    const body = new URLSearchParams({ token: ended, client_id: clientDocument() });
    expect((await fetch(`${variables.AUTH}/oauth/revoke`, { method: 'POST', body })).status).toBe(200);
    expect(await client.call('list-calls')).toBe(`2026-07-28 calls of ${subject}`);
    expect(client.answers).toHaveLength(1);
    const { access_token: next } = client.kept().tokens;
    expect([await introspect(ended), await introspect(next)]).toMatchObject([
      { active: false },
      { active: true, aud: [variables.MCP], client_id: clientDocument() },
    ]);

    expect(await client.call('delete-call')).toBe(`2026-07-28 deleted by ${subject}`);
    expect(client.answers).toHaveLength(2);
    expect(client.consents[1]).toContain('calls:write');
    expect(client.kept().tokens.scope.split(' ').sort()).toEqual([
      'calls:read',
      'calls:write',
      'offline_access',
    ]);
  }, 120_000);

  it('a client of the SDK before registers itself, with the token of the operator', async () => {
    const client = await newClient({ REGISTRATION_TOKEN: registrationToken }, programOfOlderSdk());

    expect(await client.call('list-calls')).toBe(`calls of ${subject}`);

    expect(client.kept().client.client_id).not.toContain(':');
    expect(client.consents).toEqual([expect.stringContaining(variables.MCP)]);
  }, 120_000);

  it('the inspector of the protocol signs in by a document, and gets more when a tool needs it', async () => {
    const program = 'node_modules/.bin/mcp-inspector';
    const person = await newPerson();
    const env = {
      HOME: place,
      MCP_STORAGE_DIR: join(place, 'inspector'),
      MCP_INSPECTOR_SECRET_STORE: 'file',
      MCP_AUTO_OPEN_ENABLED: 'true',
      // It opens a browser beside printing the address.
      BROWSER: 'true',
    };
    const call = (tool: string) => {
      const options = `--cli --server-url ${variables.MCP} --transport http --protocol-era modern --format json
        --callback-url ${variables.CALLBACK} --client-metadata-url ${clientDocument()}
        --method tools/call --tool-name ${tool}`;
      return run(program, options.split(/\s+/), person, env);
    };

    expect(await call('list-calls')).toContain(`calls of ${subject}`);
    expect(await call('delete-call')).toContain(`deleted by ${subject}`);

    expect(person.consents).toHaveLength(2);
  }, 120_000);

  it('a client that registered itself has the scopes of its registration alone', async () => {
    const client = await newClient({ REGISTRATION_TOKEN: registrationToken });

    expect(await client.call('list-calls')).toBe(`2026-07-28 calls of ${subject}`);
    expect(await client.call('delete-call')).toContain('invalid_scope');
  }, 120_000);

  it('a program without that token cannot register itself', async () => {
    const client = await newClient({});

    expect(await client.call('list-calls')).toContain('HTTP 401');
    expect(client.answers).toEqual([]);
  });

  it('a registered client has a JWT, which the server checks by itself or asks about', async () => {
    for (const MCP of [mcpOfJwts, variables.MCP]) {
      const client = await newClient({ CLIENT_ID: 'call-tools', MCP });

      expect(await client.call('list-calls')).toBe(`2026-07-28 calls of ${subject}`);
      expect(await client.call('delete-call')).toBe(`2026-07-28 deleted by ${subject}`);

      expect(client.answers).toHaveLength(2);
      expect(client.kept().tokens.access_token.split('.')).toHaveLength(3);
    }
  }, 120_000);

  it('a page signs its person in, and is refused by no browser', async () => {
    const app = await servePage();
    await folder.once('page', { APP: app });
    const context = await browser.newContext({ locale: 'en' });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      // The first request has no token yet.
      if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
    });

    await page.goto(app);
    await enterName(page, { ...people.agent, tenant: 'demo' });
    await enterPassword(page, people.agent.password);
    await page.locator('button[value=allowed]').click();
    await page.getByText(`calls of ${subject}`).waitFor();

    expect(page.url()).toBe(`${app}/`);
    expect(complaints).toEqual([]);
  }, 60_000);

  it('the server says where tokens come from, and refuses those of other resources', async () => {
    await operate('POST', 'clients', {
      client_id: 'elsewhere',
      client_secret: secret,
      authorizedGrantTypes: ['client_credentials'],
      scope: ['calls:read'],
      accessTokenFormat: 'jwt',
      resources: ['https://elsewhere.example.com/mcp'],
    });
    const tokenFor = (resource: string) =>
      tokenOf('elsewhere', { grant_type: 'client_credentials', resource });
    for (const address of [variables.MCP, mcpOfJwts]) {
      const ask = (token?: string) =>
        fetch(address, {
          method: 'POST',
          headers: {
            accept: 'application/json, text/event-stream',
            'content-type': 'application/json',
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
          body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
        });
      const metadata = address.replace('/mcp', '/.well-known/oauth-protected-resource/mcp');
      const other = mcpOfJwts === address ? variables.MCP : mcpOfJwts;
      const foreign = [await tokenFor('https://elsewhere.example.com/mcp'), await tokenFor(other)];
      for (const token of [undefined, 'made-up', ...foreign]) {
        const refused = await ask(token);
        expect(refused.status).toBe(401);
        const challenge = refused.headers.get('www-authenticate');
        expect(challenge).toContain(`resource_metadata="${metadata}"`);
        expect(challenge).toContain('scope="calls:read"');
      }
      expect((await ask(await tokenFor(address))).status).toBe(200);
      expect(await (await fetch(metadata)).json()).toMatchObject({
        resource: address,
        authorization_servers: [variables.AUTH],
        scopes_supported: ['calls:read'],
      });
    }
  });
});

/** Serves the program of the guide for browsers, bundled as an application bundles it. Resolves with the origin. */
async function servePage(): Promise<string> {
  const entry = join(place, 'page.mjs');
  const built = await build({
    configFile: false,
    root: place,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'program' } },
  });
  const [output] = [built].flat();
  if (output === undefined || !('output' in output)) throw new Error('vite built nothing');
  const facts = { issuer: variables.AUTH, mcp: variables.MCP, clientId: 'call-page' };
  const script = `${output.output[0].code}
program.callTool('list-calls', ${JSON.stringify(facts)}).catch(String).then((said) => { document.body.textContent = said; });`;
  const server = createPageServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><body><script src="/page.js"></script>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

/** The program of the guide, with the names and the form of the call that the SDK before has. */
function programOfOlderSdk(): string {
  const from = (path: string) => `from '@modelcontextprotocol/sdk/client/${path}.js';`;
  const text = readFileSync(join(place, 'client.mjs'), 'utf8')
    .replace(
      /^import \{ Client, .*$/m,
      `import { Client } ${from('index')}
import { StreamableHTTPClientTransport } ${from('streamableHttp')}
import { UnauthorizedError } ${from('auth')}`,
    )
    .replace('finishAuth(parameters)', "finishAuth(parameters.get('code'))");
  writeFileSync(join(place, 'older.mjs'), text);
  return 'older.mjs';
}

/** Opens the page that the program asks for; resolves with its last line, or with its error. */
async function outputOf(child: ChildProcess, open: (address: string) => Promise<void>): Promise<string> {
  let printed = '';
  let complaint = '';
  let seen = '';
  let opened: Promise<void> = Promise.resolve();
  const look = (chunk: Buffer) => {
    seen += chunk;
    const address = /(?:Open this page|Please navigate to): (\S+)\n/.exec(seen)?.[1];
    if (address === undefined) return;
    seen = '';
    printed = '';
    opened = open(address);
  };
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk;
    look(chunk);
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk;
    look(chunk);
  });
  const [code] = await once(child, 'close');
  await opened;
  return code === 0 ? printed.trim() : complaint;
}
