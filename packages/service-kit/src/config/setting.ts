/** Defines one configuration value: its schema, its environment variable and its description. */
import { definedOnly } from '@gatehouse/contracts/values';
import { z } from 'zod';
import { linesOf, Secret } from '../crypto/secret.ts';

export interface Setting<T = unknown> {
  readonly kind: 'setting';
  readonly schema: z.ZodType<T>;
  readonly env: string;
  readonly doc: string;
  readonly secret: boolean;
  readonly example?: string;
  /** The reason why a valid value is too weak outside local mode. */
  readonly weakness?: Weakness<T>;
  /** The setting accepts a weak value of another one. Each start logs that it is on. */
  readonly isOverride?: boolean;
}

export interface Weakness<T = unknown> {
  /**
   * Says what is weak, to follow the name of the setting, without the value; undefined for a good value. `beside`: the settings
   * of its group.
   */
  of(value: T, beside: object): string | undefined;
  override: Setting<boolean>;
}

export interface SettingOptions<T = unknown> {
  env: string;
  /** One sentence for the operator: effect and unit. */
  doc: string;
  example?: string;
  weakness?: Weakness<T>;
}

/** A plain value. A default in the schema makes it optional. */
export function setting<T>(schema: z.ZodType<T>, options: SettingOptions<NoInfer<T>>): Setting<T> {
  return { kind: 'setting', schema, secret: false, ...options };
}

/** Accepts weak values of the settings that name it. */
export function overrideSetting(options: Pick<SettingOptions, 'env' | 'doc'>): Setting<boolean> {
  return { ...setting(read.boolean().default(false), options), isOverride: true };
}

export interface SecretSettingOptions extends SettingOptions<string> {
  /** Throws an Error that says what is wrong without the value. */
  check?: (text: string) => void;
}

/** A value that is never printed. */
export function secretSetting(options: SecretSettingOptions): Setting<Secret> {
  return hiddenSetting(secretSchema(options.check), options);
}

export function optionalSecretSetting(options: SecretSettingOptions): Setting<Secret | undefined> {
  return hiddenSetting(secretSchema(options.check).optional(), options);
}

/** A secret of one line, or of two while it is being replaced (`linesOf`): what is asked of it is asked of each line. */
export function replaceableSecretSetting({
  check,
  weakness,
  ...options
}: SecretSettingOptions & { weakness: Weakness<string> }): Setting<Secret> {
  return secretSetting({
    ...options,
    check: (text) => {
      const lines = linesOf(text);
      if (lines[0] === '' || lines.length > 2)
        throw new Error(
          'must have one line, or two while it is being replaced: the next secret and the former one',
        );
      for (const line of lines) check?.(line);
    },
    weakness: {
      ...weakness,
      of: (text, beside) =>
        linesOf(text)
          .map((line) => weakness.of(line, beside))
          .find((weak) => weak !== undefined),
    },
  });
}

function hiddenSetting<T extends Secret | undefined>(
  schema: z.ZodType<T>,
  { check, weakness, ...options }: SecretSettingOptions,
): Setting<T> {
  const ofSecret = weakness && {
    ...weakness,
    of: (value: T, beside: object) => (value === undefined ? undefined : weakness.of(value.reveal(), beside)),
  };
  return { kind: 'setting', schema, secret: true, ...options, ...definedOnly({ weakness: ofSecret }) };
}

function secretSchema(check: (text: string) => void = () => undefined): z.ZodType<Secret> {
  return z
    .string()
    .min(1)
    .superRefine((text, context) => {
      try {
        check(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
      }
    })
    .transform((text) => new Secret(text)) as unknown as z.ZodType<Secret>;
}

/** Schemas that read both the text of a variable and the value of a configuration file. */
export const read = {
  integer: (min: number, max: number) => z.coerce.number().int().min(min).max(max),
  port: () => z.coerce.number().int().min(0).max(65_535),
  boolean: () => z.preprocess(toBoolean, z.boolean()) as unknown as z.ZodType<boolean>,
  list: () => z.preprocess(toList, z.array(z.string().min(1))) as unknown as z.ZodType<string[]>,
  nodes: () =>
    z
      .preprocess(toList, z.array(z.string().regex(/^[^\s/@]+:\d{1,5}$/, 'must be host:port')))
      .default([]) as unknown as z.ZodType<string[]>,
  baseUrls: () => z.preprocess(toList, z.array(read.baseUrl())) as unknown as z.ZodType<string[]>,
  baseUrl: () =>
    z
      .url({ protocol: /^https?$/, abort: true })
      .refine(
        (url) => URL.parse(url)?.pathname === '/' && !/[?#]/.test(url),
        'must have no path, query or fragment',
      )
      .transform((url) => new URL(url).origin) as unknown as z.ZodType<string>,
};

function toBoolean(value: unknown): unknown {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  return value;
}

function toList(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
