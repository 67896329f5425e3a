/** Reads and writes the value of the setting `cors-origins`, the only place where allowed origins are stored. */
import { badRequest } from '@gatehouse/service-kit/errors';
import { parseOrigin } from '@gatehouse/service-kit/http';

export const corsSetting = 'cors-origins';

/** Origins are allowed whatever their location, so scripts may name one that no server has yet. */
export function countsEverywhere({ name }: { name: string }): boolean {
  return name === corsSetting;
}

/** Normalises the value of the setting `cors-origins`; returns other settings unchanged. @throws AppError 400 */
export function normalizeSetting<T extends { name: string; value: string }>(setting: T): T {
  if (setting.name !== corsSetting) return setting;
  const texts = split(setting.value);
  const origins = texts.map((text) => requireOrigin(text, 'data.value'));
  return { ...setting, value: joinOrigins(origins) };
}

/** @throws AppError 400 that says what is wrong */
export function requireOrigin(text: string, field: string): string {
  const origin = parseOrigin(text);
  if (origin !== undefined) return origin;
  const shown = JSON.stringify(text.slice(0, 300));
  throw badRequest(`${shown} is no origin: ${adviceFor(text)}`, { field, reason: 'no_origin' });
}

/** Origins of a stored value. Values from before origins were checked may hold others, which allow nothing. */
export function readOrigins(value: string): string[] {
  return split(value).flatMap((text) => parseOrigin(text) ?? []);
}

export function joinOrigins(origins: readonly string[]): string {
  return [...new Set(origins)].join(',');
}

function split(value: string): string[] {
  return value
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

function adviceFor(text: string): string {
  if (text === 'null') return 'sandboxed pages and files share the origin "null", so it cannot be allowed';
  if (text.includes('*')) return 'name each origin; patterns would allow pages that nobody has looked at';
  if (/^https?:\/\/[^/]+\/./i.test(text) || text.endsWith('/'))
    return 'leave out the path and the slash at the end';
  return 'write scheme, host and, unless it is the usual one, port, such as https://desktop.example.com';
}
