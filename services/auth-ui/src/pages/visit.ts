/** Renders one page for one browser: chooses its language and sends it with its headers. */
import type { InteractionView } from '@gatehouse/contracts/auth-api';
import type { BrandingView } from '@gatehouse/contracts/environment-api';
import { randomToken } from '@gatehouse/service-kit/crypto';
import { directionOf, type Language, languageOf } from '@gatehouse/service-kit/html';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assetUrl } from '../design/assets.ts';
import { type Text, textsIn } from '../texts/texts.ts';
import { applicationLinksOf } from './application-links.ts';
import { languageMenuOf, type SentForm } from './language-menu.ts';
import { renderView } from './render.ts';
import { type PageReach, setHeadersOfPage } from './security-headers.ts';
import { pictureOf, type Theme, themeOf } from './theme.ts';
import type { Surroundings, Views } from './views.ts';

export interface Visit {
  request: FastifyRequest;
  reply: FastifyReply;
  interaction: InteractionView | undefined;
  language: Language;
  text: Text;
  /** The addresses beyond this origin that the page may reach. */
  reach: PageReach;
  /** The form that led to the page. */
  repeat: SentForm | undefined;
  theme: Theme | undefined;
}

/** The facts about a page that no login says. */
export interface About extends PageReach {
  uiLocales?: string | undefined;
  /** For a page that answers a form: its fields, which are sent once more in another language. */
  repeat?: SentForm | undefined;
  /** How the page looks; absent: as the login says, or as is known of the request. */
  branding?: BrandingView | undefined;
}

export function beginVisit(
  request: FastifyRequest,
  reply: FastifyReply,
  interaction?: InteractionView,
  {
    uiLocales = interaction?.uiLocales,
    formsLeadTo = interaction?.redirectOrigin,
    repeat,
    branding = interaction?.branding ?? request.knownBranding,
    ...reach
  }: About = {},
): Visit {
  const language = languageOf(request, uiLocales);
  return {
    request,
    reply,
    interaction,
    language,
    text: textsIn(language),
    reach: { formsLeadTo, ...reach },
    repeat,
    theme: themeOf(branding, language),
  };
}

export function sendView<V extends keyof Views>(visit: Visit, view: V, page: Views[V]): FastifyReply {
  return sendPage(visit, (surroundings) => renderView(view, page, surroundings));
}

/** Sends what `render` makes with what every page has around it. */
export function sendPage(visit: Visit, render: (surroundings: Surroundings) => string): FastifyReply {
  const { reply, reach, language } = visit;
  const scriptNonce = randomToken(16);
  const html = render(surroundingsOf(visit, scriptNonce));
  setHeadersOfPage(reply, reach, scriptNonce);
  return reply
    .headers({
      // Back must not end at the browser's question whether to send a form again: it keeps what answered a form that may be
      // sent twice, and only for that. Such a page holds the name that was typed, no password and nothing of an account.
      'cache-control': visit.repeat === undefined ? 'no-store' : 'private, no-cache',
      'content-language': language,
      vary: 'accept-language, cookie',
    })
    .type('text/html; charset=utf-8')
    .send(html);
}

/** Builds the parts that every page has around its own. */
export function surroundingsOf(visit: Visit, scriptNonce: string): Surroundings {
  const { language, text, interaction, theme } = visit;
  const { logo } = interaction?.client ?? {};
  return {
    language,
    direction: directionOf(language),
    languageMenu: languageMenuOf(visit),
    text,
    asset: assetUrl,
    scriptNonce,
    applicationLinks: applicationLinksOf(interaction, text),
    applicationLogo: logo && pictureOf(logo),
    theme,
  };
}

/** Screen readers read the title first: it says when something went wrong. */
export function titleOf(text: Text, title: string, hasProblem: boolean): string {
  return hasProblem ? text('problem.prefix', { title }) : title;
}
