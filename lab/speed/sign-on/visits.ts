/** Asks Auth API as browsers do around single sign-on; each comes from an address of its own. */
import { randomInt } from 'node:crypto';
import type { BenchStack } from '../bench-stack.ts';

interface Answer {
  status: number;
  location: string;
}

/** A contact centre whose people sign in by these settings; its id. */
export async function addContactCenter(
  { publicUrl, operator, environmentId }: BenchStack,
  domain: string,
  protocol: 'saml' | 'oidc',
  settingsOf: (contactCenterId: string) => Promise<Record<string, unknown>>,
): Promise<string> {
  const write = async (method: string, path: string, data: object) => {
    const answer = await fetch(`${publicUrl}/environment/v3/contact-centers${path}`, {
      method,
      headers: { authorization: operator, 'content-type': 'application/json' },
      body: JSON.stringify({ data }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { path?: string };
  };
  const made = await write('POST', '', {
    environmentId,
    name: domain,
    domains: [domain],
    auth: 'configServer',
  });
  const id = made.path?.split('/').at(-1) ?? '';
  await write('PUT', `/${id}/${protocol}`, { location: '/', enabled: true, ...(await settingsOf(id)) });
  return id;
}

export interface Visitor {
  get(address: string): Promise<Answer>;
  post(address: string, fields: Record<string, string>): Promise<Answer>;
}

export function createVisitor({ publicUrl, authApiUrl }: BenchStack): Visitor {
  const cookies = new Map<string, string>();
  const forwardedFor = `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;
  const ask = async (address: string, form?: URLSearchParams): Promise<Answer> => {
    const url = new URL(address, publicUrl);
    const isOurs = url.origin === publicUrl;
    const answer = await fetch(isOurs ? `${authApiUrl}${url.pathname}${url.search}` : url, {
      redirect: 'manual',
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(isOurs && { 'x-forwarded-for': forwardedFor, origin: publicUrl }),
      },
      method: form === undefined ? 'GET' : 'POST',
      body: form ?? null,
    });
    await answer.arrayBuffer();
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return { status: answer.status, location: new URL(answer.headers.get('location') ?? '', url).href };
  };
  return {
    get: (address) => ask(address),
    post: (address, fields) => ask(address, new URLSearchParams(fields)),
  };
}
