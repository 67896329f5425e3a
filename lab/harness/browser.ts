/** A browser at the public host, wherever its paths are served: it keeps cookies and sends forms. */
import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type Addresses, serviceOf } from './service-http.ts';

export interface Page {
  status: number;
  location: string | undefined;
  text: string;
}

export type Browser = ReturnType<typeof createBrowser>;

/**
 * As ingress controllers do for browsers, an idle connection is closed before the service would close it, which takes
 * 72 s: a request that is on its way at that moment would have no answer (RFC 9112, section 9.3.1).
 */
const idleMs = 60_000;

/** More than any login has: a circle ends. */
const maxSteps = 12;

export const redirectUri = 'http://localhost:3000/callback';
const verifier = randomBytes(32).toString('base64url');

/** An authorization request of an application that proves its possession of the code (RFC 7636). */
export const authorizationRequest = (clientId: string, scope: string) => ({
  ...{ client_id: clientId, response_type: 'code', redirect_uri: redirectUri, scope, state: 'x' },
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
});
export const authorize = (request: Record<string, string>) =>
  `/auth/v3/oauth/authorize?${new URLSearchParams(request)}`;
/** The form that redeems the code of such a request. */
export const redemption = (code: string) => ({
  ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier },
});
/** The code that the browser has brought to the application, if it was sent there. */
export function codeIn({ location }: Page): string | undefined {
  if (!location?.startsWith(redirectUri)) return undefined;
  return new URL(location).searchParams.get('code') ?? undefined;
}

/** @param publicUrl the origin that the services are configured with; nothing listens there */
export function createBrowser(publicUrl: string) {
  const cookies = new Map<string, string>();
  const agent = new http.Agent({ keepAlive: true, timeout: idleMs });

  function ask(at: Addresses, path: string, form?: Record<string, string>): Promise<Page> {
    const headers: Record<string, string> = { origin: publicUrl, host: new URL(publicUrl).host };
    if (cookies.size > 0) headers['cookie'] = [...cookies].map((pair) => pair.join('=')).join('; ');
    if (form !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
    const options = { method: form === undefined ? 'GET' : 'POST', headers, agent };
    return new Promise((resolve, reject) => {
      const request = http.request(at[serviceOf(path)] + path, options, (answer) => {
        for (const line of answer.headers['set-cookie'] ?? []) keep(line);
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, location: answer.headers.location, text }),
        );
      });
      request.on('error', reject);
      request.end(form && new URLSearchParams(form).toString());
    });
  }

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const end = pair.indexOf('=');
    if (attributes.some((one) => /^max-age=0$/i.test(one))) cookies.delete(pair.slice(0, end));
    else cookies.set(pair.slice(0, end), pair.slice(end + 1));
  }

  return {
    ask,
    /** Follows redirects, and fills in and sends forms, until an address of `until` or a form with no such field is reached. */
    async walk(
      at: Addresses,
      from: string | Page,
      typed: Record<string, string>,
      until = redirectUri,
    ): Promise<Page> {
      let page = typeof from === 'string' ? await ask(at, from) : from;
      for (let step = 0; step < maxSteps; step += 1) {
        if (page.location?.startsWith(until)) return page;
        if (page.location !== undefined) {
          page = await ask(at, pathOf(page.location));
          continue;
        }
        const form = formIn(page, typed);
        if (form === undefined) return page;
        // A replica that has just started may ask to try again.
        if (step > 4) await wait(500);
        page = await ask(at, pathOf(form.action), form.fields);
      }
      throw new Error(
        `no end after ${maxSteps} steps: ${page.status} ${page.location ?? page.text.slice(0, 300)}`,
      );
    },
  };

  function pathOf(location: string): string {
    const { pathname, search } = new URL(location, publicUrl);
    return `${pathname}${search}`;
  }
}

/** The form that asks for one of the typed fields, filled in: a page may have others beside, which know the name already. */
function formIn(page: Page, typed: Record<string, string>) {
  for (const { action, inputs } of formsIn(page.text)) {
    const shown = inputs.filter(({ type }) => type !== 'checkbox');
    const isAsking = shown.some(({ name, type }) => name in typed && type !== 'hidden');
    const fields = Object.fromEntries(shown.map(({ name, value }) => [name, typed[name] ?? value]));
    // A person who has not typed a password stays at the page that asks for it.
    if (isAsking && (!('password' in fields) || 'password' in typed)) return { action, fields };
  }
  return undefined;
}

/** The forms of a page with their named inputs, their values as a browser sends them. */
export function formsIn(page: string) {
  const forms = page.matchAll(/<form[^>]* action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g);
  return [...forms].map(([, action = '', body = '']) => ({
    action: unescaped(action),
    inputs: [...body.matchAll(/<input[^>]*>/g)].flatMap(([input]) => {
      const attributeOf = (name: string) =>
        unescaped(new RegExp(`\\s${name}="([^"]*)"`).exec(input)?.[1] ?? '');
      const name = attributeOf('name');
      return name === '' ? [] : [{ name, type: attributeOf('type'), value: attributeOf('value') }];
    }),
  }));
}

const characters: Record<string, string> = {
  '&quot;': '"',
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
};

function unescaped(text: string): string {
  return text.replaceAll(/&(?:quot|#39|lt|gt|amp);/g, (entity) => characters[entity] ?? entity);
}
