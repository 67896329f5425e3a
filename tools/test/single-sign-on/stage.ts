/** The running trio and two applications of one contact centre, whose people sign in elsewhere; a person at a real Chromium. */
import { rm } from 'node:fs/promises';
import { closeContexts, sharedChromium } from '@gatehouse/testing/chromium';
import { freePort } from '@gatehouse/testing/network';
import type { Browser, Page } from 'playwright-core';
import { vi } from 'vitest';
import { type Application, startApplication } from '../e2e/application.ts';
import { basic } from '../e2e/calls.ts';
import { newStateFolder, type RunningStack, startStack } from '../e2e/running-stack.ts';

export interface Stage {
  readonly stack: RunningStack;
  readonly first: Application;
  readonly second: Application;
  /** Our SAML entity id. */
  readonly entityId: string;
  /** Signs people in by these settings alone; resolves when they count. */
  use(protocol: 'saml' | 'oidc', settings: Record<string, unknown>): Promise<void>;
  newPerson(): Promise<Visit>;
  close(): Promise<void>;
}

/** One person's browser: what it keeps is its own. */
export interface Visit {
  readonly page: Page;
  /** Addresses that the window has been at since the last time this was asked. */
  been(): string[];
  /** Each request for a page, and each answer. */
  readonly way: readonly string[];
  /** Complaints of Chromium about our pages: a form that may not lead somewhere, a broken script. */
  readonly complaints: string[];
}

export async function setStage(): Promise<Stage> {
  const stateFolder = await newStateFolder();
  // The identity providers are on localhost: by this name they are another site for the browser.
  const port = await freePort();
  const options = ['--port', String(port), '--public-url', `http://127.0.0.1:${port}`];
  const stack = await startStack(stateFolder, '--quiet', ...options);
  const { description } = stack;
  const { publicUrl, contactCenterId } = description;
  const applications = ['First application', 'Second application'].map((name) =>
    startApplication(description, { name, requireConsent: false }),
  );
  const [first, second] = (await Promise.all(applications)) as [Application, Application];
  const browser = await sharedChromium();
  return {
    stack,
    first,
    second,
    entityId: `${publicUrl}/auth/v3/saml/${contactCenterId}/-`,
    use: (protocol, settings) => useSettings(stack, protocol, settings),
    newPerson: () => visitBy(browser, publicUrl),
    async close() {
      await closeContexts(browser);
      first.close();
      second.close();
      await stack.end();
      await rm(stateFolder, { recursive: true, force: true });
    },
  };
}

async function useSettings(
  { description }: RunningStack,
  protocol: 'saml' | 'oidc',
  settings: Record<string, unknown>,
): Promise<void> {
  const { publicUrl, ops, contactCenterId } = description;
  const call = async (method: string, path: string, data?: object) => {
    const answer = await fetch(`${publicUrl}/environment/v3/contact-centers/${contactCenterId}/${path}`, {
      method,
      headers: { authorization: basic(ops), ...(data ? { 'content-type': 'application/json' } : {}) },
      ...(data ? { body: JSON.stringify({ data }) } : {}),
    });
    if (!answer.ok && answer.status !== 404) throw new Error(`${path}: ${await answer.text()}`);
  };
  const countsAs = (scheme: string) =>
    vi.waitUntil(async () => (await schemeOf(publicUrl)) === scheme, { timeout: 1_000, interval: 20 });
  for (const one of ['saml', 'oidc']) await call('DELETE', `${one}?location=/`);
  await countsAs('basic');
  await call('PUT', protocol, { location: '/', enabled: true, ...settings });
  await countsAs(protocol);
}

async function schemeOf(publicUrl: string): Promise<string> {
  const answer = await fetch(`${publicUrl}/auth/v3/auth-scheme`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userName: 'agent', tenant: 'demo' }),
  });
  const { data } = (await answer.json()) as { data?: { scheme: string } };
  return data?.scheme ?? answer.statusText;
}

async function visitBy(browser: Browser, publicUrl: string): Promise<Visit> {
  const page = await (await browser.newContext()).newPage();
  let been: string[] = [];
  const way: string[] = [];
  const complaints: string[] = [];
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame()) been.push(frame.url());
  });
  page.on('request', (request) => {
    if (request.isNavigationRequest()) way.push(`${request.method()} ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.request().isNavigationRequest()) way.push(`${response.status()} ${response.url()}`);
  });
  page.on('console', (message) => {
    const isOurs = message.location().url.startsWith(publicUrl);
    if (message.type() === 'error' && isOurs) complaints.push(message.text());
  });
  return {
    page,
    way,
    complaints,
    been() {
      const addresses = been;
      been = [];
      return addresses;
    },
  };
}
