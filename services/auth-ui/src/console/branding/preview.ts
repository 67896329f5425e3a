/** Sends a page as people would see it, with sample data, closed in: no form, no script and no link of it works. */
import type { BrandingView } from '@gatehouse/contracts/environment-api/branding';
import { renderErrorPage } from '@gatehouse/service-kit/errors/render-html';
import type { FastifyReply } from 'fastify';
import { brandStyleOf } from '../../design/brand-styles.ts';
import { lookOf, pictureOf } from '../../pages/look.ts';
import { surroundingsOf, type Visit } from '../../pages/visit.ts';
import type { ConsolePage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { addressOf, type Place } from './place.ts';
import { type PageKind, pageKinds, renderSample, samplePage } from './sample-pages.ts';
import { pathTo, tabsOf } from './tabs.ts';

export interface PreviewPage extends ConsolePage {
  kinds: { label: string; href: string; isCurrent: boolean }[];
  frame: { src: string; title: string };
}

export function previewPage(
  visit: ConsoleVisit,
  place: Place,
  ownerName: string,
  kind: PageKind,
): PreviewPage {
  const { text } = visit;
  return {
    title: text('console.branding.of', { name: ownerName, location: place.location }),
    lead: text('console.branding.preview.lead'),
    path: pathTo(visit, place, ownerName),
    tabs: tabsOf(visit, place, 'preview'),
    kinds: pageKinds.map((one) => ({
      label: text(`console.branding.kind.${one}`),
      href: addressOf('preview', place, { kind: one }),
      isCurrent: one === kind,
    })),
    frame: { src: addressOf('preview/page', place, { kind }), title: text(`console.branding.kind.${kind}`) },
  };
}

/** What a preview may do: show styles and pictures of our own host, inside a page of the console. */
const policy = [
  "default-src 'none'",
  "img-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "base-uri 'none'",
  // Without scripts, forms, pop-ups and navigation of the page around it. Its own origin, for the pictures.
  'sandbox allow-same-origin',
];

export function sendPreview(
  visit: ConsoleVisit,
  branding: BrandingView | undefined,
  kind: PageKind,
  nowMs: number,
): FastifyReply {
  const shown: Visit = { ...visit, look: lookOf(branding, visit.language) };
  const { html, styles } =
    kind === 'error'
      ? errorSample(shown, branding)
      : { html: pageSample(shown, kind, nowMs), styles: "'self'" };
  return (
    visit.reply
      .headers({
        'content-security-policy': [...policy, `style-src ${styles}`].join('; '),
        'x-frame-options': 'SAMEORIGIN',
        'content-language': visit.language,
        'referrer-policy': 'no-referrer',
      })
      .type('text/html; charset=utf-8')
      // A link wants another window, which the sandbox does not let it have.
      .send(html.replace('<head>', '<head>\n<base target="_blank">'))
  );
}

function pageSample(visit: Visit, kind: Exclude<PageKind, 'error'>, nowMs: number): string {
  const surroundings = { ...surroundingsOf(visit, ''), languageMenu: undefined };
  return renderSample(samplePage(kind, visit, nowMs), surroundings);
}

function errorSample({ text, language, look }: Visit, branding: BrandingView | undefined) {
  const { html, headers } = renderErrorPage({
    status: 410,
    title: text('error.interactionExpired.title'),
    text: text('error.interactionExpired.text'),
    language,
    correlationLabel: text('support.correlationId'),
    correlationId: 'preview',
    action: { href: '#', label: text('button.signInHere') },
    brand: look && {
      name: look.name,
      logo: branding?.logo && pictureOf(branding.logo),
      css: branding?.colors && brandStyleOf(branding.colors),
    },
  });
  const styles = /style-src ('nonce-[^']+')/.exec(headers['content-security-policy'] ?? '')?.[1] ?? "'none'";
  return { html, styles };
}
