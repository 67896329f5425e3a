/** Builds the inputs of a branding from its description, and turns what was typed into a change. */
import {
  type BrandingEntry,
  type BrandLink,
  linkKinds,
  noticeKinds,
} from '@gatehouse/contracts/environment-api';
import { type BrandingChange, branding as description } from '@gatehouse/contracts/resources';
import { describedInputs } from '../form/described.ts';
import {
  bodyOf,
  type Input,
  inputsBelow,
  optionName,
  type Typed,
  textAt,
  textsAt,
  typedOf,
  wordsAt,
} from '../form/inputs.ts';
import { RefusedForm } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

const color: Partial<Input> = { appearance: { isCode: true, maxLength: 32 } };
// An empty one is sent, so that the API says that it is missing.
const time: Partial<Input> = { empty: undefined };

/** The console adds how people type these fields here. */
const asTyped: Readonly<Record<string, Partial<Input>>> = {
  greeting: { kind: 'texts' },
  'colors.accent': color,
  'colors.accentDark': color,
  'notice.kind': {
    options: [
      { value: '', label: 'console.branding.notice.none' },
      ...noticeKinds.map((kind) => ({ value: kind, label: `notice.${kind}` as const })),
    ],
  },
  'notice.text': { kind: 'texts' },
  'notice.from': time,
  'notice.until': time,
  byName: {
    options: [
      { value: '', label: 'console.branding.byName.inherit' },
      { value: 'true', label: 'console.branding.byName.yes' },
      { value: 'false', label: 'console.branding.byName.no' },
    ],
  },
};

const described = describedInputs(description);

/** Without text a value is taken away, and inherited. */
const groupOf = (name: string): Input[] =>
  described
    .filter(({ group }) => group === name)
    .map((input) => ({ ...input, isRequired: false, empty: 'clear', ...asTyped[input.path] }));

export const identity = groupOf('identity');
export const colors = groupOf('colors');
export const notice = groupOf('notice');
export const audience = groupOf('audience');

const input = inputsBelow('console.branding');
const address = { kind: 'url', isCode: true, maxLength: 2048, placeholder: 'https://' } as const;
/** Each of these has one field; further links of another kind stay as they are. */
const singleLinks = linkKinds.filter((kind) => kind !== 'other');
const otherLabel = [input('link.other.label', 'texts', { empty: 'clear' })];
/** Of the one list of the description. */
export const links = [
  ...singleLinks.map((kind) =>
    input(`link.${kind}`, 'text', { label: `link.${kind}`, empty: 'clear', appearance: address }),
  ),
  input('link.other', 'text', { empty: 'clear', appearance: address }),
  ...otherLabel,
];

/** The texts of the form, and no others: a preview sends them along. */
export const draftOf = (typed: Typed): Record<string, string> =>
  Object.fromEntries(
    [identity, colors, notice, links, audience]
      .flat()
      .flatMap(({ path, kind }) =>
        kind === 'texts'
          ? Object.entries(textsAt(typed, path)).map(([language, text]) => [optionName(path, language), text])
          : [[path, textAt(typed, path)]],
      ),
  );

/** Fills the form with the values that are stored at the place itself. */
export function shownOf(own: Partial<BrandingEntry>): Typed {
  const known = own.links ?? [];
  const other = known.find(({ kind }) => kind === 'other');
  const addresses = linkKinds.map((kind) => [
    `link.${kind}`,
    known.find((link) => link.kind === kind)?.url ?? '',
  ]);
  return {
    ...typedOf([...identity, ...colors, ...notice, ...audience], own),
    ...Object.fromEntries(addresses),
    ...typedOf(otherLabel, { link: { other: { label: other?.label } } }),
  };
}

/** All fields of the form. `stored`: its further links stay. */
export function changeOf(visit: ConsoleVisit, typed: Typed, stored: Partial<BrandingEntry>): BrandingChange {
  const sent = linksOf(typed, stored.links ?? []);
  const unsaid = withoutUse(typed, stored);
  if (unsaid !== undefined) throw new RefusedForm({ [unsaid]: visit.text('console.refused.missing') });
  return {
    ...bodyOf<BrandingChange>(visit, [...identity, ...audience], typed),
    colors: colorsOf(typed),
    links: sent.length === 0 ? null : sent.map(({ link }) => link),
    notice: noticeOf(visit, typed),
  };
}

/** The field without which others that were typed would be left out, where nothing of them is stored that it may take away. */
function withoutUse(typed: Typed, stored: Partial<BrandingEntry>): string | undefined {
  const isTyped = (path: string) => textAt(typed, path).trim() !== '';
  const hasWords = (path: string) => Object.keys(wordsAt(typed, path)).length > 0;
  const hasNotice = hasWords('notice.text') || isTyped('notice.from') || isTyped('notice.until');
  if (stored.notice === undefined && !isTyped('notice.kind') && hasNotice) return 'notice.kind';
  const hasOther = stored.links?.some(({ kind }) => kind === 'other');
  if (!hasOther && !isTyped('link.other') && hasWords('link.other.label')) return 'link.other';
  return undefined;
}

/** A message of the API about a part of a field belongs to the field of the form. */
export function formFieldOf(field: string, typed: Typed): string {
  const [, index, part] = /^links\.(\d+)(?:\.(\w+))?/.exec(field) ?? [];
  if (index !== undefined) {
    const name = linksOf(typed, [])[Number(index)]?.field ?? 'link.other';
    return name === 'link.other' && part === 'label' ? 'link.other.label' : name;
  }
  if (field.startsWith('greeting')) return 'greeting';
  if (field.startsWith('notice.text')) return 'notice.text';
  return field;
}

/** Both are taken away, or none. */
function colorsOf(typed: Typed): BrandingChange['colors'] {
  const accent = textAt(typed, 'colors.accent').trim();
  const accentDark = textAt(typed, 'colors.accentDark').trim();
  if (accent === '' && accentDark === '') return null;
  return { accent, ...(accentDark === '' ? {} : { accentDark }) };
}

function noticeOf(visit: ConsoleVisit, typed: Typed): BrandingChange['notice'] {
  if (textAt(typed, 'notice.kind') === '') return null;
  const body = bodyOf<{ notice: NonNullable<BrandingChange['notice']> }>(visit, notice, typed).notice;
  return { ...body, text: body.text ?? {} };
}

type SentLink = NonNullable<BrandingChange['links']>[number];

function linksOf(typed: Typed, stored: readonly BrandLink[]): { link: SentLink; field: string }[] {
  const single = singleLinks.flatMap((kind) => {
    const url = textAt(typed, `link.${kind}`).trim();
    return url === '' ? [] : [{ link: { kind, url }, field: `link.${kind}` }];
  });
  const url = textAt(typed, 'link.other').trim();
  const label = wordsAt(typed, 'link.other.label');
  const other = url === '' ? [] : [{ link: { kind: 'other' as const, url, label }, field: 'link.other' }];
  const shown = new Set<string>();
  const further = stored.filter(({ kind }) => {
    const isFurther = shown.has(kind);
    shown.add(kind);
    return isFurther;
  });
  return [...single, ...other, ...further.map((link) => ({ link, field: 'link.other' }))];
}
