/** Defines one configuration value: its schema, its environment variable and its description. */
import { z } from 'zod';
import { Secret } from '../secret.ts';

export interface Setting<T = unknown> {
  readonly kind: 'setting';
  readonly schema: z.ZodType<T>;
  readonly env: string;
  readonly doc: string;
  readonly secret: boolean;
  readonly example?: string;
}

export interface SettingOptions {
  env: string;
  /** One sentence for the operator: effect and unit. */
  doc: string;
  example?: string;
}

/** A plain value. A default in the schema makes it optional. */
export function setting<T>(schema: z.ZodType<T>, options: SettingOptions): Setting<T> {
  return { kind: 'setting', schema, secret: false, ...options };
}

export interface SecretSettingOptions extends SettingOptions {
  /** Throws an Error that says what is wrong without the value. */
  check?: (text: string) => void;
}

/** A value that is never printed. */
export function secretSetting({ check, ...options }: SecretSettingOptions): Setting<Secret> {
  return { kind: 'setting', schema: secretSchema(check), secret: true, ...options };
}

export function optionalSecretSetting({
  check,
  ...options
}: SecretSettingOptions): Setting<Secret | undefined> {
  return { kind: 'setting', schema: secretSchema(check).optional(), secret: true, ...options };
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
