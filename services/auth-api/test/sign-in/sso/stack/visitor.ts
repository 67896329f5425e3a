/** The browser at the identity provider's side: follows its redirects with cookies of its own, until they lead back. */
import { publicUrl } from '../../../stack/auth-api.ts';

export interface Visitor {
  /** Where the identity provider sends the browser back to, or the form that it posts. */
  visit(url: string): Promise<{ url: string; form?: Record<string, string> }>;
  readonly cookies: Map<string, string>;
}

const maxSteps = 12;

export function createVisitor(): Visitor {
  const cookies = new Map<string, string>();

  const step = async (url: string, form?: Record<string, string>) => {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return { location: answer.headers.get('location'), body: await answer.text(), status: answer.status };
  };

  return {
    cookies,
    async visit(start) {
      let url = start;
      let form: Record<string, string> | undefined;
      for (let steps = 0; steps < maxSteps; steps += 1) {
        const { location, body, status } = await step(url, form);
        form = undefined;
        if (location === null) {
          const posted = formIn(body);
          if (posted === undefined) throw new Error(`${url} answered ${status}: ${body.slice(0, 2000)}`);
          const action = new URL(posted.action, url).href;
          if (action.startsWith(publicUrl)) return { url: action, form: posted.fields };
          url = action;
          form = posted.fields;
          continue;
        }
        url = new URL(location, url).href;
        if (url.startsWith(publicUrl)) return { url };
      }
      throw new Error(`the identity provider goes on for ever: ${url}`);
    },
  };
}

function formIn(html: string): { action: string; fields: Record<string, string> } | undefined {
  const action = /<form[^>]*action="([^"]*)"/.exec(html)?.[1];
  if (action === undefined) return undefined;
  const fields = [...html.matchAll(/<input[^>]*>/g)].flatMap(([input]) => {
    const name = /name="([^"]*)"/.exec(input)?.[1];
    return name === undefined ? [] : [[name, unescapeHtml(/value="([^"]*)"/.exec(input)?.[1] ?? '')]];
  });
  return { action: unescapeHtml(action), fields: Object.fromEntries(fields) };
}

function unescapeHtml(text: string): string {
  return text
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
