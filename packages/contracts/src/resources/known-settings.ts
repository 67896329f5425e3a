/** Lists every setting of contact centres that a service reads: a setting cannot be read without its description here. */
import { z } from 'zod';
import type { EffectiveSettings } from '../environment-api/contact-center.ts';
import { field } from '../resource/field.ts';
import { initialOf } from '../resource/resource.ts';
import { entriesOf, originProblem, parseOrigin } from '../values/origin.ts';
import { integer } from '../values/scalar.ts';

const originSchema = z.string().transform((text, context) => {
  const origin = parseOrigin(text);
  if (origin !== undefined) return origin;
  context.addIssue({ code: 'custom', message: originProblem(text), params: { reason: 'no_origin' } });
  return z.NEVER;
});

/** Each is checked and typed by its schema; its initial value counts where nobody has given one. */
export const knownSetting = {
  name: 'knownSetting',
  fields: {
    'cors-origins': field(
      z.preprocess((text) => (typeof text === 'string' ? entriesOf(text) : text), z.array(originSchema)),
      {
        label: 'Allowed origins',
        help: 'Web pages of these origins may call the APIs. Scheme, host and, unless it is the usual one, port. The origins of all locations count together.',
        group: 'setting',
        example: 'https://desktop.example.com,https://wallboard.example.com',
        initial: [] as string[],
      },
    ),
    'password-link-hours': field(integer(1, 168), {
      label: 'Life of a password link, in hours',
      help: 'A link by which a person of the people store chooses a password works for so long, from 1 to 168 hours. Links that are made afterwards have the new value.',
      group: 'setting',
      example: '72',
      initial: 24,
    }),
  },
};

type Descriptions = typeof knownSetting.fields;
export type KnownSettingName = keyof Descriptions;
export type SettingValue<N extends KnownSettingName> = z.output<Descriptions[N]>;

export const knownSettingNames = Object.keys(knownSetting.fields) as KnownSettingName[];

interface SettingUse {
  readBy: readonly ('Auth API' | 'Environment API')[];
  /** `closest`: the value of the location, else of the contact centre, else of all. `together`: every value that is given. */
  counts: 'closest' | 'together';
}

/** The facts that no schema tells. A changed value counts within a second and needs no restart. */
export const settingUses = {
  'cors-origins': { readBy: ['Environment API', 'Auth API'], counts: 'together' },
  'password-link-hours': { readBy: ['Environment API'], counts: 'closest' },
} as const satisfies Record<KnownSettingName, SettingUse>;

export function isKnownSetting(name: string): name is KnownSettingName {
  return Object.hasOwn(knownSetting.fields, name);
}

/** A stored text as a number where it is one, so that a refusal names the bound. */
const plainOf = (text: string): unknown => (/^\d{1,9}$/.test(text) ? Number(text) : text);

const parsed = <N extends KnownSettingName>(name: N, text: string) =>
  knownSetting.fields[name].safeParse(plainOf(text.trim())) as z.ZodSafeParseResult<SettingValue<N>>;

/** The value that counts. A stored text of before the setting had a rule counts as none. */
export function readSetting<N extends KnownSettingName>(
  name: N,
  settings: EffectiveSettings,
): SettingValue<N> {
  const text = (settings as Readonly<Record<string, string>>)[name];
  const read = text === undefined ? undefined : parsed(name, text);
  return read?.success ? read.data : (initialOf(knownSetting)[name] as SettingValue<N>);
}

/** The one text under which a right value is stored; undefined for what is no value of the setting. */
export function storedText(name: KnownSettingName, text: string): string | undefined {
  const read = parsed(name, text);
  return read.success ? textOf(read.data) : undefined;
}

/** As people and programs give it: of a list one text, with commas. */
export function textOf(value: SettingValue<KnownSettingName>): string {
  return Array.isArray(value) ? [...new Set(value)].join(',') : String(value);
}

/** The value where nobody has given one, as text. */
export const builtInText = (name: KnownSettingName): string => textOf(initialOf(knownSetting)[name]);

/** Refuses what is no value of a known setting, with the right form. Values of other settings are any text. */
export function checkSettingValue({ value: { name, value }, issues }: z.core.ParsePayload<Named>): void {
  if (!isKnownSetting(name)) return;
  const [issue] = parsed(name, value).error?.issues ?? [];
  if (issue !== undefined) issues.push({ ...issue, path: ['value'], input: value } as z.core.$ZodRawIssue);
}

interface Named {
  name: string;
  value: string;
}
