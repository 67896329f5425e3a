/** Renders one page for one browser: chooses its language and sends it with its headers. */
import type { InteractionView } from '@gatehouse/contracts/auth-api/interaction';
import { randomToken } from '@gatehouse/service-kit/crypto/secrets';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assetUrl } from '../design/assets.ts';
import { chooseLanguage } from '../texts/language.ts';
import { type Language, type Text, textsIn } from '../texts/texts.ts';
import { applicationLinksOf } from './application-links.ts';
import { type PageReach, setHeadersOfPage } from './security-headers.ts';
import { renderView, type Views } from './views.ts';

export interface Visit {
  request: FastifyRequest;
  reply: FastifyReply;
  interaction: InteractionView | undefined;
  language: Language;
  text: Text;
  /** What the page may reach beyond this origin. */
  reach: PageReach;
}

/** What the page is about, where no login tells it. */
export interface About extends PageReach {
  uiLocales?: string | undefined;
}

export function beginVisit(
  request: FastifyRequest,
  reply: FastifyReply,
  interaction?: InteractionView,
  { uiLocales = interaction?.uiLocales, formsLeadTo = interaction?.redirectOrigin, ...reach }: About = {},
): Visit {
  const language = languageOf(request, uiLocales);
  return {
    request,
    reply,
    interaction,
    language,
    text: textsIn(language),
    reach: { formsLeadTo, ...reach },
  };
}

/** The application's choice comes with the interaction, or in the address where there is none. */
export function languageOf(request: FastifyRequest, uiLocales?: string): Language {
  const { ui_locales: asked } = request.query as { ui_locales?: unknown };
  return chooseLanguage({
    uiLocales: uiLocales ?? (typeof asked === 'string' ? asked : undefined),
    acceptLanguage: request.headers['accept-language'],
  });
}

export function sendView<V extends keyof Views>(visit: Visit, view: V, page: Views[V]): FastifyReply {
  const { reply, reach, language, text, interaction } = visit;
  const scriptNonce = randomToken(16);
  const applicationLinks = applicationLinksOf(interaction, text);
  const html = renderView(view, page, { language, text, asset: assetUrl, scriptNonce, applicationLinks });
  setHeadersOfPage(reply, reach, scriptNonce);
  return reply
    .headers({ 'cache-control': 'no-store', 'content-language': language, vary: 'accept-language' })
    .type('text/html; charset=utf-8')
    .send(html);
}

/** Screen readers read the title first: it says when something went wrong. */
export function titleOf(text: Text, title: string, hasProblem: boolean): string {
  return hasProblem ? text('problem.prefix', { title }) : title;
}
