/** Shows a page as people would see it, with sample data, in a frame that is closed in: no form, script or link of it works. */

import type { BrandingView } from '@gatehouse/contracts/environment-api';
import { steadyClock } from '@gatehouse/service-kit/clock';
import { renderErrorPage } from '@gatehouse/service-kit/errors';
import { brandOf, languageLinksOf } from '@gatehouse/service-kit/html';
import type { FastifyReply } from 'fastify';
import { languageMenuOf } from '../../pages/language-menu.ts';
import { themeOf } from '../../pages/theme.ts';
import { surroundingsOf, type Visit } from '../../pages/visit.ts';
import { type ConsolePage, consoleView } from '../shell/pages.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { addressOf, brandingPath, fieldsOf, type Place } from './place.ts';
import { type PageKind, pageKinds, renderSample, samplePage } from './sample-pages.ts';
import { brandingBreadcrumbs, brandingTabs } from './tabs.ts';

interface PreviewPage extends ConsolePage {
  kinds: { label: string; kind: PageKind; href: string; isCurrent: boolean }[];
  /** A whole document. The frame inherits the policy of the page, and its `sandbox` takes the rest away. */
  frame: { content: string; title: string };
  /** The fields that are typed and not saved. Each button sends them along. */
  draft: { action: string; hidden: Readonly<Record<string, string>> } | undefined;
}

const previewView = consoleView<PreviewPage>('branding/preview');

interface Previewed {
  place: Place;
  ownerName: string;
  effective: BrandingView | undefined;
  kind: PageKind;
  /** Absent: what is saved is shown. */
  draft?: { typed: Readonly<Record<string, string>>; etag: string };
}

export function sendPreview(
  shell: Shell,
  visit: ConsoleVisit,
  { place, ownerName, effective, kind, draft }: Previewed,
): FastifyReply {
  const { text } = visit;
  const { html, styleNonce } = sampleOf(visit, effective, kind, steadyClock());
  return shell.show({ ...visit, reach: { ...visit.reach, styleNonce } }, previewView, {
    title: text('console.branding.of', { name: ownerName, location: place.location }),
    lead: text(draft ? 'console.branding.preview.draft' : 'console.branding.preview.lead'),
    breadcrumbs: brandingBreadcrumbs(visit, place, ownerName),
    // Another tab would lose what was typed.
    tabs: draft ? [] : brandingTabs(visit, place, 'preview'),
    kinds: pageKinds.map((one) => ({
      label: text(`console.branding.kind.${one}`),
      kind: one,
      href: addressOf('preview', place, { kind: one }),
      isCurrent: one === kind,
    })),
    // A link wants another window, which the sandbox does not let it have.
    frame: {
      content: html.replace('<head>', '<head>\n<base target="_blank">'),
      title: text(`console.branding.kind.${kind}`),
    },
    draft: draft && {
      action: `${brandingPath}/edit`,
      hidden: { ...fieldsOf(place), ...draft.typed, ifMatch: draft.etag },
    },
  });
}

/** `styleNonce`: pages about errors bring their style along, so that they need no other request. */
function sampleOf(
  visit: ConsoleVisit,
  branding: BrandingView | undefined,
  kind: PageKind,
  nowMs: number,
): { html: string; styleNonce?: string | undefined } {
  const shown: Visit = { ...visit, theme: themeOf(branding, visit.language) };
  if (kind === 'error') return errorSample(shown, branding);
  const languageMenu = languageMenuOf({ ...shown, request: { method: 'GET', url: '#' } });
  const surroundings = { ...surroundingsOf(shown, ''), languageMenu };
  return { html: renderSample(samplePage(kind, shown, nowMs), surroundings) };
}

function errorSample({ text, language }: Visit, branding: BrandingView | undefined) {
  const { html, headers } = renderErrorPage({
    status: 410,
    title: text('error.interactionExpired.title'),
    text: text('error.interactionExpired.text'),
    language,
    correlationLabel: text('support.correlationId'),
    correlationId: 'preview',
    action: { href: '#', label: text('button.signInHere') },
    languages: languageLinksOf({ method: 'GET', url: '#' }, language),
    brand: branding && brandOf(branding),
  });
  const [, styleNonce] = /style-src 'nonce-([^']+)'/.exec(headers['content-security-policy'] ?? '') ?? [];
  return { html, styleNonce };
}
