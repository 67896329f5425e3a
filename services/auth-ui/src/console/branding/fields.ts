/** Turns a branding into the fields of its form, and what was typed into a change. */
import {
  type BrandingEntry,
  type BrandLink,
  linkKinds,
  noticeKinds,
} from '@gatehouse/contracts/environment-api/branding';
import type { BrandingChange } from '@gatehouse/contracts/resources/branding';
import { z } from 'zod';
import { linesOf } from '../shell/typed.ts';

const text = (max: number) => z.string().max(max).default('');
/** Each of these has one field; further links of another kind stay as they are. */
export const singleLinks = linkKinds.filter((kind) => kind !== 'other');

export const typedFields = z.object({
  name: text(200),
  'colors.accent': text(32),
  'colors.accentDark': text(32),
  greeting: text(8_000),
  ...(Object.fromEntries(singleLinks.map((kind) => [`link.${kind}`, text(2_048)])) as Record<
    `link.${Exclude<(typeof linkKinds)[number], 'other'>}`,
    ReturnType<typeof text>
  >),
  'link.other': text(2_048),
  'link.other.label': text(4_000),
  'notice.kind': z.enum(['', ...noticeKinds]).catch(''),
  'notice.text': text(12_000),
  'notice.from': text(64),
  'notice.until': text(64),
  byName: z.enum(['', 'true', 'false']).catch(''),
});

export type Typed = z.output<typeof typedFields>;

/** What is stored at the place itself, as the form shows it. */
export function typedOf({
  name = '',
  colors,
  greeting,
  links = [],
  notice,
  byName,
}: Partial<BrandingEntry>): Typed {
  const linkOf = (kind: BrandLink['kind']) => links.find((link) => link.kind === kind);
  return {
    name,
    'colors.accent': colors?.accent ?? '',
    'colors.accentDark': colors?.accentDark ?? '',
    greeting: shownTexts(greeting),
    ...(Object.fromEntries(singleLinks.map((kind) => [`link.${kind}`, linkOf(kind)?.url ?? ''])) as Pick<
      Typed,
      `link.${Exclude<(typeof linkKinds)[number], 'other'>}`
    >),
    'link.other': linkOf('other')?.url ?? '',
    'link.other.label': shownTexts(linkOf('other')?.label),
    'notice.kind': notice?.kind ?? '',
    'notice.text': shownTexts(notice?.text),
    'notice.from': notice?.from.replace(/:\d\d\.\d{3}Z$/, 'Z') ?? '',
    'notice.until': notice?.until.replace(/:\d\d\.\d{3}Z$/, 'Z') ?? '',
    byName: byName === undefined ? '' : byName ? 'true' : 'false',
  };
}

export interface Change {
  fields: BrandingChange;
  /** The field of the form that each link comes from, in their order. */
  linkFields: string[];
}

/** All fields of the form: what is empty is taken away, and inherited. `stored`: its further links stay. */
export function changeOf(typed: Typed, stored: Partial<BrandingEntry>): Change {
  const links = linksOf(typed, stored.links ?? []);
  return {
    fields: {
      name: typed.name.trim() || null,
      colors: colorsOf(typed),
      greeting: textsOf(typed.greeting),
      links: links.length === 0 ? null : links.map(({ link }) => link),
      notice:
        typed['notice.kind'] === ''
          ? null
          : {
              kind: typed['notice.kind'],
              text: textsOf(typed['notice.text']) ?? {},
              from: momentOf(typed['notice.from']),
              until: momentOf(typed['notice.until']),
            },
      byName: typed.byName === '' ? null : typed.byName === 'true',
    },
    linkFields: links.map(({ field }) => field),
  };
}

/** A message of the API about a part of a field belongs to the field of the form. */
export function formFieldOf(field: string, linkFields: readonly string[]): string {
  const [, index, part] = /^links\.(\d+)(?:\.(\w+))?/.exec(field) ?? [];
  if (index !== undefined) {
    const name = linkFields[Number(index)] ?? 'link.other';
    return name === 'link.other' && part === 'label' ? 'link.other.label' : name;
  }
  if (field.startsWith('greeting')) return 'greeting';
  if (field.startsWith('notice.text')) return 'notice.text';
  return field;
}

function colorsOf(typed: Typed) {
  const accent = typed['colors.accent'].trim();
  const accentDark = typed['colors.accentDark'].trim();
  if (accent === '' && accentDark === '') return null;
  return { accent, ...(accentDark === '' ? {} : { accentDark }) };
}

function linksOf(
  typed: Typed,
  stored: readonly BrandLink[],
): { link: NonNullable<BrandingChange['links']>[number]; field: string }[] {
  const single = singleLinks.flatMap((kind) => {
    const url = typed[`link.${kind}`].trim();
    return url === '' ? [] : [{ link: { kind, url }, field: `link.${kind}` }];
  });
  const url = typed['link.other'].trim();
  const other =
    url === ''
      ? []
      : [
          {
            link: { kind: 'other' as const, url, label: textsOf(typed['link.other.label']) ?? {} },
            field: 'link.other',
          },
        ];
  const shown = new Set<string>();
  const further = stored.filter(({ kind }) => {
    const isFurther = shown.has(kind);
    shown.add(kind);
    return isFurther;
  });
  return [...single, ...other, ...further.map((link) => ({ link, field: 'link.other' }))];
}

/** `2027-01-31T12:00Z`, and with a space as people type it. */
function momentOf(typed: string): string {
  const moment = typed
    .trim()
    .replace(' ', 'T')
    .replace(/ ?UTC$/i, 'Z');
  return /^\d{4}-\d\d-\d\dT\d\d:\d\dZ?$/.test(moment) ? `${moment.replace(/Z$/, '')}:00Z` : moment;
}

/** One line for each language: `en: Welcome`. A text without a language is English. */
function textsOf(typed: string): Record<string, string> | null {
  const lines = linesOf(typed);
  if (lines.length === 0) return null;
  return Object.fromEntries(
    lines.map((line) => {
      const [, language, words] = /^([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*:\s*(.*)$/.exec(line) ?? [];
      return language === undefined ? ['en', line] : [language, words ?? ''];
    }),
  );
}

function shownTexts(texts: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(texts ?? {})
    .map(([language, words]) => `${language}: ${words}`)
    .join('\n');
}
