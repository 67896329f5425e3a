/** Turns the branding that Auth API gives into what the layout shows, in the language of the page. */

import {
  type BrandImage,
  type BrandingView,
  type BrandLink,
  imagePath,
  type Notice,
} from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Language } from '@gatehouse/service-kit/html';
import { brandStyleUrl, themeColorOf } from '../design/brand-styles.ts';
import { formatsIn } from '../texts/formats.ts';
import { type Text, textsIn } from '../texts/texts.ts';

/** In its own language, which may be another one than that of the page. */
export interface OwnWords {
  words: string;
  language: string;
}

export interface Picture {
  src: string;
  width: number;
  height: number;
}

export interface Theme {
  name: string;
  logo?: Picture;
  /** Colours, from our own origin: the policy of the page permits no other style. */
  styleSheet?: string;
  themeColor?: string;
  greeting?: OwnWords;
  /** Words of the operator's link to help. */
  helpLink?: string;
  links: { href: string; label: string; language: string }[];
  notices: { kind: Notice['kind']; title: string; text: OwnWords; until: string }[];
}

/** Undefined: the page looks as it always did. */
export function themeOf(branding: BrandingView | undefined, language: Language): Theme | undefined {
  if (branding === undefined) return undefined;
  const text = textsIn(language);
  const { name = text('product.name'), logo, colors, greeting, links = [], notices = [] } = branding;
  return {
    name,
    ...definedOnly({
      helpLink: links
        .filter(({ kind }) => kind === 'help')
        .flatMap((link) => shownLink(link, text, language))[0]?.label,
      logo: logo && pictureOf(logo),
      styleSheet: colors && brandStyleUrl(colors),
      themeColor: colors && themeColorOf(colors),
      greeting: greeting && ownWords(greeting, language),
    }),
    links: links.flatMap((link) => shownLink(link, text, language)),
    notices: notices.map(({ kind, text: texts, until }) => ({
      kind,
      title: text(`notice.${kind}`),
      text: ownWords(texts, language),
      until: text('notice.until', { when: formatsIn(language).moment(until) }),
    })),
  };
}

export function pictureOf({ digest, width, height }: BrandImage): Picture {
  return { src: imagePath(digest), width, height };
}

/** Only https: an address such as `javascript:` would run in our page. */
function shownLink({ kind, url, label }: BrandLink, text: Text, language: Language): Theme['links'] {
  const href = URL.parse(url);
  if (href?.protocol !== 'https:') return [];
  const { words, language: own } =
    kind === 'other'
      ? ownWords(label ?? { en: href.host }, language)
      : { words: text(`link.${kind}`), language };
  return [{ href: href.href, label: words, language: own }];
}

/** The text of the language, of its main language, in English, or whichever there is. */
function ownWords(texts: Readonly<Record<string, string>>, language: string): OwnWords {
  const [main = language] = language.split('-');
  const names = Object.keys(texts);
  const chosen =
    [language, main, names.find((name) => name.split('-')[0] === main), 'en'].find(
      (name) => name !== undefined && Object.hasOwn(texts, name),
    ) ??
    names[0] ??
    'en';
  return { words: texts[chosen] ?? '', language: chosen };
}
