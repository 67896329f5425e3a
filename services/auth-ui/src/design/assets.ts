/** Serves style, logo and scripts of the pages from memory, at addresses that change with their content. */
import { readFileSync } from 'node:fs';
import { sha256 } from '@gatehouse/service-kit/crypto/secrets';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';

const folder = new URL('../../design/', import.meta.url);

/** Each asset and the files it consists of. */
const sources = {
  'gatehouse.css': { type: 'text/css; charset=utf-8', files: ['tokens.css', 'components.css'] },
  'console.css': { type: 'text/css; charset=utf-8', files: ['console.css'] },
  'logo.svg': { type: 'image/svg+xml', files: ['logo.svg'] },
  'approvals.js': { type: 'text/javascript; charset=utf-8', files: ['approvals.js'] },
  'continue.js': { type: 'text/javascript; charset=utf-8', files: ['continue.js'] },
  'open-console.js': { type: 'text/javascript; charset=utf-8', files: ['open-console.js'] },
  'show-password.js': { type: 'text/javascript; charset=utf-8', files: ['show-password.js'] },
} as const;

export type AssetName = keyof typeof sources;

const assets = new Map(
  (Object.keys(sources) as AssetName[]).map((name) => {
    const { type, files } = sources[name];
    const content = files.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n');
    return [name, { type, content, version: sha256(content).slice(0, 12) }];
  }),
);

export function assetUrl(name: AssetName): string {
  return `/auth/assets/${name}?v=${assets.get(name)?.version}`;
}

/** One exact route for each asset: no path of a request reaches the file system. */
export async function assetRoutes(pages: App): Promise<void> {
  for (const [name, { type, content, version }] of assets) {
    pages.get(
      `/${name}`,
      { schema: { hide: true, querystring: z.object({ v: z.string().optional() }) } },
      async (request, reply) => {
        // While two versions run side by side, a wrong answer must not be cached for a year.
        const isThisVersion = request.query.v === version;
        reply.header('cache-control', isThisVersion ? 'public, max-age=31536000, immutable' : 'no-cache');
        return reply.type(type).send(content);
      },
    );
  }
}
