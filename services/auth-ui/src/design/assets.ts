/** Serves style, logo and scripts of the pages from memory, compressed, at addresses that change with their content. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { sha256 } from '@gatehouse/service-kit/crypto';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';

const folder = new URL('../../design/', import.meta.url);

/** The browser's side of passkeys, as its package brings it for a page: a script that needs no others. */
const passkeyLibrary = new URL(
  '../dist/bundle/index.umd.min.js',
  pathToFileURL(createRequire(import.meta.url).resolve('@simplewebauthn/browser')),
).href;

/** Each asset and the files it consists of. */
const sources = {
  'gatehouse.css': { type: 'text/css; charset=utf-8', files: ['tokens.css', 'components.css'] },
  'console.css': {
    type: 'text/css; charset=utf-8',
    files: ['console.css', 'console-home.css', 'console-branding.css'],
  },
  'logo.svg': { type: 'image/svg+xml', files: ['logo.svg'] },
  'approvals.js': { type: 'text/javascript; charset=utf-8', files: ['approvals.js'] },
  'console.js': { type: 'text/javascript; charset=utf-8', files: ['console.js', 'times.js'] },
  'continue.js': { type: 'text/javascript; charset=utf-8', files: ['continue.js'] },
  'open-console.js': { type: 'text/javascript; charset=utf-8', files: ['open-console.js'] },
  'passkey.js': { type: 'text/javascript; charset=utf-8', files: [passkeyLibrary, 'passkey.js'] },
  'recovery-codes.js': { type: 'text/javascript; charset=utf-8', files: ['recovery-codes.js'] },
  'show-password.js': { type: 'text/javascript; charset=utf-8', files: ['show-password.js'] },
  'times.js': { type: 'text/javascript; charset=utf-8', files: ['times.js'] },
} as const;

export type AssetName = keyof typeof sources;

const assets = new Map(
  (Object.keys(sources) as AssetName[]).map((name) => {
    const { type, files } = sources[name];
    const content = files.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n');
    return [name, { type, encodings: encodingsOf(content), version: sha256(content).slice(0, 12) }];
  }),
);

/**
 * Compressed once, when first asked for, as hard as possible: gatehouse.css is 4 KB instead of 18. Pages are sent as they are:
 * they hold a CSRF token beside what was typed, and their compressed size would tell the token by and by (BREACH).
 */
function encodingsOf(content: string) {
  let br: Buffer | undefined;
  let gzip: Buffer | undefined;
  return {
    br: () => (br ??= brotliCompressSync(content)),
    gzip: () => (gzip ??= gzipSync(content, { level: 9 })),
    identity: () => content,
  };
}

/** RFC 9110 section 12.5.3: the best of those that the browser takes, in our order. */
function encodingFor(accepted = ''): keyof ReturnType<typeof encodingsOf> {
  const names = accepted
    .split(',')
    .map((one) => one.trim())
    .filter((one) => !/;\s*q=0(\.0*)?$/.test(one))
    .map((one) => one.replace(/;.*/, '').toLowerCase());
  return names.includes('br') ? 'br' : names.includes('gzip') ? 'gzip' : 'identity';
}

export function assetUrl(name: AssetName): string {
  return `/auth/assets/${name}?v=${assets.get(name)?.version}`;
}

/** One exact route for each asset: no path of a request reaches the file system. */
export async function assetRoutes(pages: App): Promise<void> {
  for (const [name, { type, encodings, version }] of assets) {
    pages.get(
      `/${name}`,
      { schema: { hide: true, querystring: z.object({ v: z.string().optional() }) } },
      async (request, reply) => {
        // While two versions run side by side, a wrong answer must not be cached for a year.
        const isThisVersion = request.query.v === version;
        reply.header('cache-control', isThisVersion ? 'public, max-age=31536000, immutable' : 'no-cache');
        const encoding = encodingFor(request.headers['accept-encoding']);
        reply.header('vary', 'accept-encoding');
        if (encoding !== 'identity') reply.header('content-encoding', encoding);
        return reply.type(type).send(encodings[encoding]());
      },
    );
  }
}
