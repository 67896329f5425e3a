/** A person's browser without scripts: it keeps cookies, follows redirects, and fills in the forms of the pages. */
import { type Form, type PageContent, readHtml } from './html.ts';

export interface Answer extends PageContent {
  status: number;
  /** Path and query of the page that was shown in the end. */
  path: string;
  headers: Headers;
  html: string;
}

export type Person = ReturnType<typeof createPerson>;

const maxRedirects = 12;

/** Cookies of several windows are those of one person: give `cookies` of another one to share them. */
export function createPerson(publicUrl: string, cookies = new Map<string, string>()) {
  /** Every address that the browser was at or was sent to. */
  const been: string[] = [];

  async function send(url: URL, init: RequestInit = {}): Promise<Response> {
    been.push(url.href);
    const response = await fetch(url, {
      redirect: 'manual',
      ...init,
      headers: {
        accept: 'text/html',
        'accept-language': 'en',
        'sec-fetch-dest': 'document',
        'sec-fetch-site': 'same-origin',
        ...(init.method === 'POST' ? { origin: publicUrl } : {}),
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...init.headers,
      },
    });
    for (const line of response.headers.getSetCookie()) keep(line);
    return response;
  }

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    const isGone = attributes.some((attribute) => /^max-age=0$|^expires=thu, 01 jan 1970/i.test(attribute));
    if (isGone || value === '') cookies.delete(name);
    else cookies.set(name, value);
  }

  async function follow(first: string, init: RequestInit = {}): Promise<Answer> {
    let url = new URL(first, publicUrl);
    let next = init;
    for (let hop = 0; hop < maxRedirects; hop += 1) {
      const response = await send(url, next);
      const location = response.headers.get('location');
      if (location === null) {
        const html = await response.text();
        const path = `${url.pathname}${url.search}`;
        return { ...readHtml(html), status: response.status, path, headers: response.headers, html };
      }
      url = new URL(location, url);
      // RFC 9110 section 15.4: 307 and 308 keep the method and the form.
      if (response.status !== 307 && response.status !== 308) next = {};
    }
    throw new Error(`more than ${maxRedirects} redirects, the last one to ${url}`);
  }

  const person = {
    cookies,
    been,
    /** One request without following its redirect. */
    request: (path: string, init?: RequestInit) => send(new URL(path, publicUrl), init),
    open: (path: string) => follow(path),
    post: (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      follow(path, {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      }),
    /** Sends the form that leads to an address, with what was typed over what it holds. */
    submit: (page: Answer, action: string, typed: Record<string, string> = {}) => {
      const form = formTo(page, action);
      return person.post(form.action, { ...form.fields, ...typed });
    },
    /** The same with files, as a browser sends them; a field without a file is an empty file. */
    submitFiles: (
      page: Answer,
      action: string,
      files: Record<string, Uint8Array>,
      typed: Record<string, string> = {},
    ) => {
      const form = formTo(page, action);
      const body = new FormData();
      for (const [name, value] of Object.entries({ ...form.fields, ...typed })) body.set(name, value);
      for (const [name, bytes] of Object.entries(files))
        body.set(name, new Blob([Uint8Array.from(bytes)]), bytes.length === 0 ? '' : 'file.bin');
      return follow(form.action, { method: 'POST', body });
    },
    /** Bytes of a first visit: the page with its styles and scripts, as they are sent. */
    async weightOf({ html }: Pick<Answer, 'html'>): Promise<number> {
      const parts = [...html.matchAll(/<(?:link|script)\b[^>]* (?:href|src)="([^"]+\.(?:css|js))"/g)];
      const sizes = parts.map(async ([, path = '']) => {
        const response = await send(new URL(path, publicUrl));
        await response.arrayBuffer();
        return Number(response.headers.get('content-length') ?? Number.NaN);
      });
      return (await Promise.all(sizes)).reduce((sum, size) => sum + size, Buffer.byteLength(html));
    },
    /** Types names and password into the pages that a sign-in shows. */
    async signIn(page: Answer, { username, password, tenant = 'demo' }: Credentials): Promise<Answer> {
      const second = await person.submit(page, '/auth/sign-in.html', { username, tenant });
      return person.submit(second, '/auth/v3/sign-in', { password });
    },
    /** Opens a page of the console and signs in on the way. */
    async openAs(path: string, credentials: Credentials): Promise<Answer> {
      return person.signIn(await person.open(path), credentials);
    },
  };
  return person;
}

export interface Credentials {
  username: string;
  password: string;
  tenant?: string;
}

/** The form that leads to an address, or a failed test. */
export function formTo({ forms, path, heading }: Answer, action: string): Form {
  const form = forms.find((one) => one.action === action);
  if (form === undefined) throw new Error(`no form to ${action} at ${path} (${heading})`);
  return form;
}
