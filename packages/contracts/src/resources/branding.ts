/** Describes how pages look: plain texts, https links, and colours that can be read. */
import { z } from 'zod';
import {
  accentContrast,
  colorPattern,
  nearestAccent,
  neededContrast,
  type Scheme,
} from '../environment-api/brand-colors.ts';
import { linkKinds, noticeKinds } from '../environment-api/branding.ts';
import { field } from '../resource/field.ts';
import { flag, instant, list } from '../values/scalar.ts';
import { label } from '../values/text.ts';

const maxLanguages = 20;
export const maxLinks = 6;
/** BCP 47 as far as pages need it: `en`, `pt-BR`, `zh-Hant-TW`. */
const languageTag = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/;

/** One text for each language; pages show them as they are, never as markup. */
function texts(maxLength: number) {
  return z
    .record(
      z.string().regex(languageTag, 'must be a language tag such as "en" or "pt-BR"'),
      label(maxLength),
      {
        error: 'must be an object with a text for each language: {"en": "…", "de": "…"}',
      },
    )
    .refine((given) => Object.keys(given).length > 0, {
      error: 'must have a text in at least one language',
      params: { reason: 'empty' },
    })
    .refine((given) => Object.keys(given).length <= maxLanguages, {
      error: `has more than ${maxLanguages} languages`,
      params: { reason: 'too_many', limit: maxLanguages },
    });
}

function accent(scheme: Scheme) {
  return z
    .string()
    .toLowerCase()
    .regex(colorPattern, 'must be a colour such as #135848')
    .superRefine((color, context) => {
      if (!colorPattern.test(color)) return;
      const { ratio, against, passes } = accentContrast(color, scheme);
      if (passes) return;
      // Rounded down: 4.499 must not read like 4.5.
      const shown = (Math.floor(ratio * 100) / 100).toFixed(2);
      context.addIssue({
        code: 'custom',
        message: `${color} has a contrast of ${shown} : 1 to ${against}, and text needs ${neededContrast} : 1 (WCAG 2.2 AA): the nearest colour that has it is ${nearestAccent(color, scheme)}`,
        params: { reason: 'low_contrast' },
      });
    });
}

const colors = z
  .strictObject({
    accent: field(accent('light'), {
      label: 'On light pages',
      help: 'Buttons, links and the picture on light pages, such as `#135848`.',
      reference: 'color',
      group: 'colors',
    }),
    accentDark: field(accent('dark').optional(), {
      label: 'On dark pages',
      help: 'Buttons and links on dark pages. Empty: a lighter shade of the other colour.',
      reference: 'color',
      group: 'colors',
    }),
  })
  .transform(({ accent, accentDark = nearestAccent(accent, 'dark') }) => ({ accent, accentDark }));

/** Only https: an address such as `javascript:` would run in our page. */
const address = label(2048)
  .refine(
    (text) => {
      const url = URL.parse(text);
      return url?.protocol === 'https:' && url.username === '' && url.password === '';
    },
    {
      error: 'must be an https address, such as https://www.example.com/privacy',
      params: { reason: 'no_address' },
    },
  )
  .transform((text) => new URL(text).href);

const link = z
  .strictObject({
    kind: z.enum(linkKinds, { error: `must be one of ${linkKinds.join(', ')}` }),
    url: address,
    label: texts(60).optional(),
  })
  .refine(({ kind, label }) => (kind === 'other') === (label !== undefined), {
    path: ['label'],
    message: 'belongs to links of the kind "other", which need one',
    params: { reason: 'missing' },
  });

const notice = z
  .strictObject({
    kind: field(z.enum(noticeKinds, { error: `must be one of ${noticeKinds.join(', ')}` }), {
      label: 'Kind',
      help: 'Gives the notice its heading. Screen readers say an incident at once.',
      group: 'notice',
    }),
    text: field(texts(500), {
      label: 'Text',
      help: 'What the pages show, without markup.',
      group: 'notice',
    }),
    from: field(instant(), {
      label: 'From',
      help: 'The moment at which the pages begin to show it.',
      reference: 'moment',
      group: 'notice',
    }),
    until: field(instant(), {
      label: 'Until',
      help: 'The moment at which the pages no longer show it.',
      reference: 'moment',
      group: 'notice',
    }),
  })
  .refine(({ from, until }) => from < until, {
    path: ['until'],
    message: 'must be after from',
    params: { reason: 'not_after' },
  });

const unknownKeys = {
  error: (issue: z.core.$ZodRawIssue) =>
    issue.code === 'unrecognized_keys'
      ? `has no field ${issue.keys.map((name) => JSON.stringify(name)).join(', ')}: correct the name or leave it out`
      : undefined,
};

export const branding = {
  name: 'branding',
  fields: {
    name: field(label(80).nullish(), {
      label: 'Name',
      help: 'Shown above every page, in place of the product’s name.',
      group: 'identity',
      isClearable: true,
    }),
    colors: field(colors.nullish(), {
      label: 'Colours',
      help: 'Text in them must have enough contrast to everything that it stands on.',
      group: 'colors',
      isClearable: true,
    }),
    greeting: field(texts(280).nullish(), {
      label: 'Greeting',
      help: 'A sentence above the form.',
      group: 'identity',
      isClearable: true,
    }),
    links: field(list(link, maxLinks).nullable().optional(), {
      label: 'Links',
      help: 'Shown below every page. Only https addresses.',
      group: 'links',
      isClearable: true,
    }),
    notice: field(notice.nullish(), {
      label: 'Notice',
      help: 'A text that every page shows during a time.',
      group: 'notice',
      isClearable: true,
    }),
    byName: field(flag().nullish(), {
      label: 'People who only typed the tenant name',
      help: 'Shows the branding also to people who only typed the tenant name. This tells them that the contact centre exists.',
      group: 'audience',
      isClearable: true,
    }),
  },
};

/** Refuses unknown fields: a misspelt one would silently leave a page as it is. */
export function brandingOf<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, unknownKeys);
}

export const brandingChangeSchema = brandingOf(branding.fields);

/** As it is sent. */
export type BrandingChange = z.input<typeof brandingChangeSchema>;
