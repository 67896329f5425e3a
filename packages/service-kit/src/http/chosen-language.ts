/** Keeps the language that people choose on a page, and shows the page again in it. */
import type { FastifyRequest } from 'fastify';
import { isLanguage, languageCookie } from '../html/language.ts';
import { withoutLanguage } from '../html/language-links.ts';
import type { App } from './app-type.ts';

const yearSeconds = 365 * 86_400;

/** A chosen language is kept for a year, then the page is shown again without `language` in its address. */
export function keepChosenLanguage(pages: App, publicUrl: string): void {
  const isSecure = publicUrl.startsWith('https:');
  // RFC 6265bis section 4.1.3.2: `__Host-` needs Secure, which plain HTTP on a loopback address cannot have.
  const name = isSecure ? `__Host-${languageCookie}` : languageCookie;
  const attributes = `Max-Age=${yearSeconds}; Path=/; HttpOnly;${isSecure ? ' Secure;' : ''} SameSite=Lax`;
  pages.decorateRequest('takesLanguage', true);
  pages.addHook('onRequest', async (request, reply) => {
    const { language } = request.query as { language?: unknown };
    if (!isLanguage(language) || isFromOtherSite(request)) return undefined;
    // 307 repeats the form.
    const status = request.method === 'POST' ? 307 : 303;
    return reply
      .headers({ 'cache-control': 'no-store', 'set-cookie': `${name}=${language}; ${attributes}` })
      .redirect(withoutLanguage(request.url), status);
  });
}

/** A link elsewhere must not change what a person has chosen. Browsers without Fetch Metadata are believed: no harm is done. */
function isFromOtherSite({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
