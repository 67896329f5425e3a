/** Signs in as a browser does, by the pages, and tells whether the session is known. */

import { setTimeout as wait } from 'node:timers/promises';

export interface Browser {
  /** @throws Error when the pages do not lead to the application */
  signIn(origin: string, fields: Record<string, string>): Promise<void>;
  /** Whether the server answers a new authorization without a page. */
  isSignedIn(origin: string): Promise<boolean>;
}

interface Visit {
  /** The address that the browser shows, wherever it is answered. */
  publicUrl: string;
  clientId: string;
  redirectUri: string;
}

const maxSteps = 12;

export function createBrowser({ publicUrl, clientId, redirectUri }: Visit): Browser {
  const cookies = new Map<string, string>();
  const start = `/auth/v3/oauth/authorize?${new URLSearchParams({
    ...{ client_id: clientId, response_type: 'code', redirect_uri: redirectUri, scope: 'openid', state: 's' },
  })}`;

  async function ask(origin: string, path: string, form?: Record<string, string>) {
    const answer = await fetch(origin + path, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { origin: publicUrl, cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      body: form ? new URLSearchParams(form) : null,
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return { location: answer.headers.get('location'), text: await answer.text() };
  }

  return {
    async signIn(origin, fields) {
      let page = await ask(origin, start);
      for (let step = 0; step < maxSteps; step += 1) {
        if (page.location?.startsWith(redirectUri)) return;
        if (page.location) {
          const { pathname, search } = new URL(page.location, origin);
          page = await ask(origin, pathname + search);
          continue;
        }
        const forms = page.text.matchAll(/<form[^>]* action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g);
        const asking = [...forms].filter(([, , inside = '']) => /name="(username|password)"/.test(inside));
        const [, action = '', body = ''] =
          asking.find(([, , inside = '']) => inside.includes('name="password"')) ?? asking[0] ?? [];
        const names = [...body.matchAll(/<input[^>]*name="([^"]*)"[^>]*>/g)].filter(
          ([input]) => !input.includes('type="checkbox"'),
        );
        const given = names.map(([input, name = '']) => [
          name,
          fields[name] ?? /value="([^"]*)"/.exec(input)?.[1] ?? '',
        ]);
        // A replica that has just started may ask to try again.
        if (step > 3) await wait(500);
        page = await ask(origin, action.replaceAll('&amp;', '&'), Object.fromEntries(given));
      }
      throw new Error(`no end after ${maxSteps} steps: ${page.location ?? page.text.slice(0, 500)}`);
    },
    isSignedIn: async (origin) =>
      (await ask(origin, `${start}&prompt=none`)).location?.includes('code=') === true,
  };
}
