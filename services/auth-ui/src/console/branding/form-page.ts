/** Builds the form of a branding: what is set at the place, and beside it what is inherited. */
import {
  accentContrast,
  colorPattern,
  nearestAccent,
  neededContrast,
  type Scheme,
} from '@gatehouse/contracts/environment-api/brand-colors';
import { type EffectiveBranding, noticeKinds } from '@gatehouse/contracts/environment-api/branding';
import { isTextKey, type TextKey } from '../../texts/texts.ts';
import type { FormPage } from '../shell/pages.ts';
import type { FormField } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { formFieldOf, singleLinks, type Typed } from './fields.ts';
import { addressOf, brandingPath, fieldsOf, type Place } from './place.ts';
import { pathTo, tabsOf } from './tabs.ts';

export interface Shown {
  place: Place;
  ownerName: string;
  typed: Typed;
  effective: EffectiveBranding | undefined;
  etag: string;
}

export function formPage(visit: ConsoleVisit, shown: Shown): FormPage {
  const { text } = visit;
  const { place, ownerName, etag } = shown;
  return {
    title: text('console.branding.of', { name: ownerName, location: place.location }),
    lead: text('console.branding.form.lead'),
    path: pathTo(visit, place, ownerName),
    tabs: tabsOf(visit, place, 'edit'),
    form: {
      action: `${brandingPath}/edit`,
      hidden: { ...fieldsOf(place), ifMatch: etag },
      sections: [
        {
          title: text('console.branding.identity'),
          text: text('console.branding.identity.text'),
          fields: [
            field(visit, shown, 'name', { maxLength: 80 }, inherited(visit, shown, 'name')),
            field(
              visit,
              shown,
              'greeting',
              { kind: 'textarea', rows: 4 },
              inherited(visit, shown, 'greeting'),
            ),
          ],
        },
        {
          title: text('console.branding.colors'),
          text: text('console.branding.colors.text', { ratio: neededContrast }),
          fields: [
            field(
              visit,
              shown,
              'colors.accent',
              { isCode: true, maxLength: 32 },
              contrast(visit, shown, 'light'),
            ),
            field(
              visit,
              shown,
              'colors.accentDark',
              { isCode: true, maxLength: 32 },
              contrast(visit, shown, 'dark'),
            ),
          ],
        },
        {
          title: text('field.branding.notice'),
          text: text('console.branding.notice.lead'),
          fields: noticeFields(visit, shown),
        },
        {
          title: text('field.branding.links'),
          text: text('console.branding.links.text'),
          fields: [
            ...singleLinks.map(
              (kind): FormField => ({
                name: `link.${kind}`,
                label: text(`link.${kind}`),
                kind: 'url',
                isCode: true,
                maxLength: 2048,
                value: shown.typed[`link.${kind}`],
                placeholder: 'https://',
              }),
            ),
            field(visit, shown, 'link.other', { kind: 'url', isCode: true, placeholder: 'https://' }),
            field(visit, shown, 'link.other.label', { kind: 'textarea', rows: 2 }),
          ],
        },
        {
          title: text('console.branding.audience'),
          text: text('console.branding.audience.text'),
          fields: [
            {
              name: 'byName',
              label: text('field.branding.byName'),
              hint: inherited(visit, shown, 'byName'),
              kind: 'select',
              value: shown.typed.byName,
              options: (
                [
                  ['', 'inherit'],
                  ['true', 'yes'],
                  ['false', 'no'],
                ] as const
              ).map(([value, name]) => ({
                value,
                label: text(`console.branding.byName.${name}`),
              })),
            },
          ],
        },
      ],
      submit: text('console.branding.save'),
      other: { label: text('console.branding.tab.preview'), name: 'preview', value: 'name' },
      cancel: addressOf('places', place),
    },
  };
}

/** With the messages beside the fields that they are about. */
export function besideFields(problem: Problem, linkFields: readonly string[]): Problem {
  const fields = Object.fromEntries(
    Object.entries(problem.fields).map(([name, message]) => [formFieldOf(name, linkFields), message]),
  );
  return { ...problem, fields };
}

type OwnField =
  | 'name'
  | 'greeting'
  | 'colors.accent'
  | 'colors.accentDark'
  | 'link.other'
  | 'link.other.label'
  | 'notice.text'
  | 'notice.from'
  | 'notice.until';

function field(
  { text }: ConsoleVisit,
  { typed }: Shown,
  name: OwnField,
  options: Partial<FormField> = {},
  more?: string,
): FormField {
  const hint = [text(`console.branding.${name}.hint`), more].filter(Boolean).join(' ');
  return {
    name,
    label: text(labelOf(name)),
    kind: 'text',
    value: typed[name],
    ...options,
    hint,
  };
}

/** A field of the API has the label of its description. */
function labelOf(name: OwnField): TextKey {
  const described = `field.branding.${name}`;
  return isTextKey(described) ? described : (`console.branding.${name}` as TextKey);
}

function noticeFields(visit: ConsoleVisit, shown: Shown): FormField[] {
  const { text } = visit;
  const moment = { isCode: true, maxLength: 64, placeholder: '2027-01-31T12:00Z' };
  return [
    {
      name: 'notice.kind',
      label: text('console.branding.notice.kind'),
      kind: 'select',
      value: shown.typed['notice.kind'],
      options: [
        { value: '', label: text('console.branding.notice.none') },
        ...noticeKinds.map((kind) => ({ value: kind, label: text(`notice.${kind}`) })),
      ],
    },
    field(visit, shown, 'notice.text', { kind: 'textarea', rows: 4 }),
    field(visit, shown, 'notice.from', moment),
    field(visit, shown, 'notice.until', moment),
  ];
}

/** Says what counts while the field is empty, and where it comes from. */
function inherited(
  { text }: ConsoleVisit,
  { effective, place }: Shown,
  name: 'name' | 'greeting' | 'byName',
): string | undefined {
  const source = effective?.sources[name];
  const isOwn =
    source?.location === place.location && (source.level === 'installation') === (place.owner === undefined);
  if (source === undefined || isOwn) return undefined;
  const value = effective?.[name];
  const shown =
    typeof value === 'boolean'
      ? text(`console.branding.byName.${value ? 'yes' : 'no'}`)
      : typeof value === 'string'
        ? value
        : Object.values(value ?? {})[0];
  return text(`console.branding.inherited.${source.level}`, {
    value: shown ?? '',
    location: source.location,
  });
}

/** Of the colour that was typed, or of the one that counts. */
function contrast({ text }: ConsoleVisit, { typed, effective }: Shown, scheme: Scheme): string | undefined {
  const name = scheme === 'light' ? 'accent' : 'accentDark';
  const own = typed[`colors.${name}`].trim().toLowerCase();
  const accent = typed['colors.accent'].trim().toLowerCase();
  const derived = scheme === 'dark' && colorPattern.test(accent) ? nearestAccent(accent, 'dark') : undefined;
  const color = own === '' ? (derived ?? effective?.colors?.[name]) : own;
  if (color === undefined || !colorPattern.test(color)) return undefined;
  const { ratio, against } = accentContrast(color, scheme);
  return text('console.branding.contrast', { color, ratio: Math.floor(ratio * 100) / 100, against });
}
