/** Renders errors for people: a self-contained page with the reason, a correlation id and a link. */

import type { BrandingView } from '@gatehouse/contracts/environment-api';
import { shownName } from '@gatehouse/contracts/values';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { brandOf } from '../html/brand.ts';
import { errorWords } from '../html/error-words.ts';
import { type Language, languageOf } from '../html/language.ts';
import { languageLinksOf } from '../html/language-links.ts';
import { escapeHtml, renderStandalonePage, type StandaloneBrand } from '../html/standalone-page.ts';
import type { AppError } from './app-error.ts';
import { errorEnvelope } from './render-envelope.ts';
import { createErrorHandler } from './report.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** How pages of the installation look. Asked only when there is an error to show; never rejects. */
    pageBranding?: () => Promise<BrandingView | undefined>;
    /** The address takes `language`, so its pages may offer the choice. */
    takesLanguage?: boolean;
  }
}

export interface ErrorPage {
  status: number;
  title: string;
  /** Plain text; escaped here. */
  text: string;
  /** More for those who can help, in English whatever the language of the page. */
  detail?: string | undefined;
  /** The operator searches the log for it. */
  correlationId: string;
  /** Language of title and text as a BCP 47 tag; English when left out. */
  language?: string;
  /** Label of the correlation id on the page. */
  correlationLabel?: string;
  /** Instead of our own name, logo and colours. */
  brand?: StandaloneBrand | undefined;
  /** A link to one of our own pages. */
  action?: { href: string; label: string };
  /** The same page in each language. */
  languages?: { label: string; links: { href: string; language: string; name: string }[] } | undefined;
}

/** Answers in JSON where the caller accepts nothing but JSON. */
export const htmlErrorHandler = createErrorHandler(async (error, request, reply) => {
  const branding = await request.pageBranding?.();
  const brand = branding && brandOf(branding);
  return sendErrorPage(request, reply, error, { ...errorWords(error, languageOf(request)), brand });
});

/** Offers the languages where the address takes one. */
export function sendErrorPage(
  request: FastifyRequest,
  reply: FastifyReply,
  error: AppError,
  words: Omit<ErrorPage, 'status' | 'correlationId' | 'languages'> & { language: Language },
): FastifyReply {
  reply.code(error.status).header('cache-control', 'no-store');
  if (acceptsOnlyJson(request.headers.accept)) {
    return reply.type('application/json; charset=utf-8').send(errorEnvelope(error));
  }
  // Browsers do not heed Retry-After, and people who are told to try again all do so at once.
  if (error.comesBackByItself) reply.header('refresh', String(error.retryAfterSeconds));
  const languages = request.takesLanguage ? languageLinksOf(request, words.language) : undefined;
  const page = renderErrorPage({ ...words, languages, status: error.status, correlationId: request.id });
  return reply
    .headers({ ...page.headers, 'content-language': words.language, vary: 'accept-language, cookie' })
    .type('text/html; charset=utf-8')
    .send(page.html);
}

function acceptsOnlyJson(accept: string | undefined): boolean {
  return accept !== undefined && /^application\/json\b/i.test(accept) && !/text\/html|\*\/\*/i.test(accept);
}

export function renderErrorPage(page: ErrorPage): { html: string; headers: Record<string, string> } {
  return renderStandalonePage({
    title: page.title,
    language: page.language,
    brand: page.brand,
    main: `<p class="status">${page.status}</p>
<h1>${escapeHtml(shownName(page.title))}</h1>
<p class="text">${escapeHtml(shownName(page.text))}</p>
${detailOf(page)}${actionOf(page)}<p class="correlation">${escapeHtml(page.correlationLabel ?? 'Reference')}: <code>${escapeHtml(page.correlationId)}</code></p>${languagesOf(page)}`,
  });
}

function detailOf({ detail }: ErrorPage): string {
  return detail ? `<p class="detail" lang="en" dir="ltr">${escapeHtml(shownName(detail))}</p>\n` : '';
}

function actionOf({ action }: ErrorPage): string {
  return action ? `<p><a href="${escapeHtml(action.href)}">${escapeHtml(action.label)}</a></p>\n` : '';
}

function languagesOf({ languages }: ErrorPage): string {
  if (languages === undefined) return '';
  const links = languages.links.map(({ href, language, name }) => {
    const tag = escapeHtml(language);
    return `<a href="${escapeHtml(href)}" lang="${tag}" hreflang="${tag}" rel="nofollow">${escapeHtml(name)}</a>`;
  });
  return `\n<nav aria-label="${escapeHtml(languages.label)}">${links.join('\n')}</nav>`;
}
