/** What a real browser makes of an answer by form: one server makes the page, an application on another origin gets it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeContexts, findChromium, sharedChromium } from '@gatehouse/testing/chromium';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formPostPage } from '../../../src/oauth/authorize/authorization-response.ts';

const chromium = findChromium();
const fields = { code: 'the-code', state: `"><script>alert('&')</script>`, iss: 'https://login.test' };
const servers: Server[] = [];
const received: URLSearchParams[] = [];
let browser: Browser;
let page: string;

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  if (chromium === undefined) return;
  const application = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === 'POST') received.push(new URLSearchParams(Buffer.concat(chunks).toString()));
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Application</title>');
  });
  // Another name for the same machine is another site for the browser.
  const callback = `http://localhost:${await listen(application)}/callback?tab=1`;
  const gatehouse = createServer((_request, response) => {
    const { html, headers } = formPostPage(callback, fields);
    response.writeHead(200, { ...headers, 'content-type': 'text/html; charset=utf-8' }).end(html);
  });
  page = `http://127.0.0.1:${await listen(gatehouse)}/`;
  browser = await sharedChromium();
});

afterAll(async () => {
  await closeContexts(browser);
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

describe.skipIf(chromium === undefined)('response_mode form_post in Chromium', () => {
  it('sends itself under its policy, every value as it was', async () => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    const complaints: string[] = [];
    tab.on('console', (message) => complaints.push(message.text()));

    await tab.goto(page);
    await tab.waitForURL('**/callback?tab=1');

    expect(Object.fromEntries(received.at(-1) ?? [])).toEqual(fields);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('waits for its button where scripts are off', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const tab = await context.newPage();

    await tab.goto(page);
    await tab.click('text=Continue');
    await tab.waitForURL('**/callback?tab=1');

    expect(Object.fromEntries(received.at(-1) ?? [])).toEqual(fields);
    await context.close();
  });
});
