/** Goes through the public address as a browser does: follows redirects, keeps cookies, sends forms. */
import type { HttpResponse } from '@gatehouse/api-client/http';
import type { Session } from '../../session.ts';

export interface Page {
  url: URL;
  status: number;
  text: string;
  /** Of the first request: where a form was sent, that of its answer. */
  requestId: string;
}

export type Browser = ReturnType<typeof createBrowser>;

const maxRedirects = 12;
const redirects = [301, 302, 303, 307, 308];
const errors = [400, 401, 403, 404, 429, 500, 502, 503];

/** `at`: where the public address is reached from here. */
export function createBrowser(session: Session, publicUrl: string, at = publicUrl) {
  const http = session.withoutCredentials('The public address', at);
  const cookies = new Map<string, string>();
  const { host, origin } = new URL(publicUrl);

  async function send(url: URL, form: Record<string, string> | undefined): Promise<HttpResponse> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await http.send({
      path: url.pathname + url.search,
      ...(form && { form }),
      alsoStatuses: [...redirects, ...errors],
      accept: ['text/html', 'application/json', 'application/health+json'],
      headers: { host, ...(cookie && { cookie }), ...(form && { origin }) },
    });
    for (const line of answer.headers['set-cookie'] ?? []) keep(line);
    return answer;
  }

  function keep(line: string): void {
    const [pair = ''] = line.split(';', 1);
    const [name = '', ...value] = pair.split('=');
    cookies.set(name, value.join('='));
  }

  return {
    http,
    publicUrl,
    host,
    at: new URL(at),
    /** Stops before it leaves the public address. @throws UpstreamError */
    async visit(path: string, form?: Record<string, string>): Promise<Page> {
      let url = new URL(path, publicUrl);
      let sent = form;
      let requestId: string | undefined;
      for (let count = 0; ; count += 1) {
        const { status, headers, text } = await send(url, sent);
        requestId ??= String(headers['x-request-id'] ?? '');
        const isRedirect = redirects.includes(status) && headers.location !== undefined;
        const next = isRedirect ? new URL(headers.location ?? '', url) : url;
        if (!isRedirect || next.origin !== origin || count === maxRedirects)
          return { url: next, status, text, requestId };
        url = next;
        if (status !== 307 && status !== 308) sent = undefined;
      }
    },
  };
}
