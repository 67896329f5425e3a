import { readdirSync, readFileSync } from 'node:fs';
import { renderErrorPage } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTestApp } from '../test-app.ts';

type Tokens = Record<string, string>;

const [, lightCss = '', darkCss = ''] = readFileSync(
  new URL('../../design/tokens.css', import.meta.url),
  'utf8',
).split(':root {');
const light = colours(lightCss);
const dark = { ...light, ...colours(darkCss) };

function colours(css: string): Tokens {
  return Object.fromEntries(
    [...css.matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value]),
  );
}

/** WCAG 2.2 contrast ratio. */
function contrast(one: string, other: string): number {
  const [bright, dim] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (bright + 0.05) / (dim + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe.each([
  ['light', light],
  ['dark', dark],
])('colours in %s', (_scheme, tokens) => {
  it.each([
    ['ink', 'page', 7],
    ['ink', 'surface', 7],
    ['ink-soft', 'page', 4.5],
    ['ink-soft', 'surface', 4.5],
    ['on-brand', 'brand', 4.5],
    ['on-brand', 'brand-strong', 4.5],
    ['brand', 'page', 4.5],
    ['brand', 'surface', 4.5],
    ['danger', 'page', 4.5],
    ['danger', 'danger-surface', 4.5],
    ['warning', 'warning-surface', 4.5],
    ['ink', 'danger-surface', 4.5],
    ['ink-soft', 'danger-surface', 4.5],
    ['success', 'success-surface', 4.5],
    ['scene-ink', 'scene-sky', 4.5],
    ['border', 'page', 3],
    ['border', 'surface', 3],
    ['focus', 'page', 3],
    ['focus', 'surface', 3],
  ] as const)('%s is readable on %s', (front, back, ratio) => {
    expect(contrast(tokens[front] as string, tokens[back] as string)).toBeGreaterThanOrEqual(ratio);
  });
});

it('names no side as left or right: Arabic reads from the right', () => {
  const folder = new URL('../../design/', import.meta.url);
  const sides =
    /(?<![\w-])(?:left|right|(?:margin|padding|border)-(?:left|right)[\w-]*)\s*:|(?:text-align|float):\s*(?:left|right)/;
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.css'))) {
    const lines = readFileSync(new URL(file, folder), 'utf8').split('\n');
    expect(
      lines.filter((line) => sides.test(line)),
      file,
    ).toEqual([]);
  }
  const { html } = renderErrorPage({ status: 500, title: '', text: '', correlationId: '' });
  expect(html).not.toMatch(sides);
});

it('the self-contained error page wears the same colours', () => {
  const { html } = renderErrorPage({ status: 500, title: '', text: '', correlationId: '' });
  const [, lightPart = '', darkPart = ''] = html.split(':root {');
  for (const [part, tokens] of [
    [lightPart, light],
    [darkPart.split('\n* {')[0] ?? '', dark],
  ] as const) {
    const used = colours(part);
    expect(Object.keys(used).length).toBeGreaterThan(10);
    for (const [name, value] of Object.entries(used)) expect(value, name).toBe((tokens as Tokens)[name]);
  }
});

describe('assets', () => {
  let app: App;
  beforeAll(async () => {
    app = await buildTestApp({ authApiUrl: 'http://127.0.0.1:1' });
  });
  afterAll(() => app.close());

  it('are kept for ever under the address that names their content, and checked again under any other', async () => {
    const { body } = await app.inject('/auth/sign-in.html');
    const urls = [...body.matchAll(/(?:href|src)="(\/auth\/assets\/[^"]+)"/g)].map(
      ([, url]) => url as string,
    );
    expect(urls).toHaveLength(2);
    for (const url of urls) {
      expect((await app.inject(url)).headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect((await app.inject(url.replace(/v=.*/, 'v=of-another-version'))).headers['cache-control']).toBe(
        'no-cache',
      );
    }
  });

  it.each([
    ['gatehouse.css', 'text/css; charset=utf-8'],
    ['logo.svg', 'image/svg+xml'],
    ['passkey.js', 'text/javascript; charset=utf-8'],
    ['show-password.js', 'text/javascript; charset=utf-8'],
  ])('%s has its type', async (name, type) => {
    const asset = await app.inject(`/auth/assets/${name}`);
    expect([asset.statusCode, asset.headers['content-type']]).toEqual([200, type]);
    // A name space, and a page that an error message of the library of passkeys names: neither is ever loaded.
    expect(asset.body).not.toMatch(
      /url\(|@import|https?:\/\/(?!www\.w3\.org\/2000\/svg|simplewebauthn\.dev\/docs\/)/,
    );
  });
});
