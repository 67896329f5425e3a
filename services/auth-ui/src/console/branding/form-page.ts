/** Builds the form of a branding: what is set at the place, and beside it what is inherited. */
import {
  accentContrast,
  colorPattern,
  type EffectiveBranding,
  nearestAccent,
  neededContrast,
  type Scheme,
} from '@gatehouse/contracts/environment-api';
import { type Input, type Typed, textAt } from '../form/inputs.ts';
import { fieldOf } from '../form/sections.ts';
import type { FormPage } from '../shell/pages.ts';
import type { FormField } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { audience, colors, formFieldOf, identity, links, notice } from './fields.ts';
import { addressOf, brandingPath, fieldsOf, type Place } from './place.ts';
import { brandingBreadcrumbs, brandingTabs } from './tabs.ts';

export interface Shown {
  place: Place;
  ownerName: string;
  typed: Typed;
  effective: EffectiveBranding | undefined;
  etag: string;
}

export function formPage(visit: ConsoleVisit, shown: Shown): FormPage {
  const { text } = visit;
  const { place, ownerName, typed, etag } = shown;
  const field = (input: Input, more?: string): FormField => {
    const { hint, ...rest } = fieldOf(visit, input, typed);
    return { ...rest, hint: [hint, more].filter(Boolean).join(' ') || undefined };
  };
  return {
    title: text('console.branding.of', { name: ownerName, location: place.location }),
    lead: text('console.branding.form.lead'),
    breadcrumbs: brandingBreadcrumbs(visit, place, ownerName),
    tabs: brandingTabs(visit, place, 'edit'),
    form: {
      action: `${brandingPath}/edit`,
      hidden: { ...fieldsOf(place), ifMatch: etag },
      sections: [
        {
          title: text('console.branding.identity'),
          fields: identity.map((input) => field(input, inherited(visit, shown, input.path))),
        },
        {
          title: text('console.branding.colors'),
          text: text('console.branding.colors.text', { ratio: neededContrast }),
          fields: colors.map((input) => field(input, contrast(visit, shown, input.path))),
        },
        {
          title: text('console.branding.notice'),
          text: text('console.branding.notice.lead'),
          fields: notice.map((input) => field(input)),
        },
        {
          title: text('field.branding.links'),
          text: text('field.branding.links.help'),
          fields: links.map((input) => field(input)),
        },
        {
          title: text('console.branding.audience'),
          text: text('console.branding.audience.text'),
          fields: audience.map((input) => field(input, inherited(visit, shown, input.path))),
        },
      ],
      submit: text('console.branding.save'),
      other: { label: text('console.branding.tab.preview'), name: 'preview', value: 'name' },
      cancel: addressOf('places', place),
    },
  };
}

/** With the messages beside the fields that they are about, and the contrast in the reader's language. */
export function besideFields(visit: ConsoleVisit, problem: Problem, typed: Typed): Problem {
  const fields = Object.fromEntries(
    Object.entries(problem.fields).map(([name, message]) => [
      formFieldOf(name, typed),
      lowContrast(visit, typed, name) ?? missingTime(visit, typed, name) ?? message,
    ]),
  );
  return { ...problem, fields };
}

/** The API calls an empty time one of a wrong form. */
function missingTime({ text }: ConsoleVisit, typed: Typed, path: string): string | undefined {
  if (path !== 'notice.from' && path !== 'notice.until') return undefined;
  return textAt(typed, path) === '' ? text(`console.branding.${path}.missing`) : undefined;
}

/** Undefined where the colour is not the reason of the refusal. */
function lowContrast({ text }: ConsoleVisit, typed: Typed, path: string): string | undefined {
  if (!colors.some((input) => input.path === path)) return undefined;
  const scheme = schemeOf(path);
  const color = textAt(typed, path).trim().toLowerCase();
  if (!colorPattern.test(color)) return undefined;
  const { ratio, against, passes } = accentContrast(color, scheme);
  if (passes) return undefined;
  return text('console.branding.contrast.low', {
    color,
    ratio: Math.floor(ratio * 100) / 100,
    against,
    needed: neededContrast,
    nearest: nearestAccent(color, scheme),
  });
}

const schemeOf = (path: string): Scheme => (path === 'colors.accent' ? 'light' : 'dark');

/** Says what counts while the field is empty, and where it comes from. */
function inherited({ text }: ConsoleVisit, { effective, place }: Shown, name: string): string | undefined {
  const source = effective?.sources[name];
  if (effective !== undefined && source === undefined && name === 'byName')
    return text('console.branding.byName.unset');
  const isOwn =
    source?.location === place.location && (source.level === 'installation') === (place.owner === undefined);
  if (source === undefined || isOwn) return undefined;
  const value = effective?.[name as 'name' | 'greeting' | 'byName'];
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
function contrast({ text }: ConsoleVisit, { typed, effective }: Shown, path: string): string | undefined {
  const scheme = schemeOf(path);
  const name = scheme === 'light' ? 'accent' : 'accentDark';
  const own = textAt(typed, path).trim().toLowerCase();
  const accent = textAt(typed, 'colors.accent').trim().toLowerCase();
  const derived = scheme === 'dark' && colorPattern.test(accent) ? nearestAccent(accent, 'dark') : undefined;
  const color = own === '' ? (derived ?? effective?.colors?.[name]) : own;
  if (color === undefined || !colorPattern.test(color)) return undefined;
  const { ratio, against } = accentContrast(color, scheme);
  return text('console.branding.contrast', { color, ratio: Math.floor(ratio * 100) / 100, against });
}
