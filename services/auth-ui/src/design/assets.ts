/** Style, logo and script of the pages: read once, served from memory, named with a digest of their content. */
import { readFileSync } from 'node:fs';
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';

const folder = new URL('../../design/', import.meta.url);

/** Each asset and the files it consists of. */
const sources = {
  'gatehouse.css': { type: 'text/css; charset=utf-8', files: ['tokens.css', 'components.css'] },
  'logo.svg': { type: 'image/svg+xml', files: ['logo.svg'] },
  'continue.js': { type: 'text/javascript; charset=utf-8', files: ['continue.js'] },
  'show-password.js': { type: 'text/javascript; charset=utf-8', files: ['show-password.js'] },
} as const;

export type AssetName = keyof typeof sources;

export interface Assets {
  /** Address of the asset; changes with its content. */
  urlOf(name: AssetName): string;
  list(): Asset[];
}

interface Asset {
  name: AssetName;
  type: string;
  content: string;
  version: string;
}

export function loadAssets(): Assets {
  const assets = new Map(
    (Object.keys(sources) as AssetName[]).map((name) => {
      const content = sources[name].files
        .map((file) => readFileSync(new URL(file, folder), 'utf8'))
        .join('\n');
      return [name, { name, type: sources[name].type, content, version: sha256(content).slice(0, 12) }];
    }),
  );
  return {
    urlOf: (name) => `/auth/assets/${name}?v=${assets.get(name)?.version}`,
    list: () => [...assets.values()],
  };
}

/** One exact route for each asset: no path of a request ever reaches the file system. */
export function assetRoutes(app: App, assets: Assets): void {
  for (const asset of assets.list()) {
    app.get(
      `/assets/${asset.name}`,
      { schema: { hide: true, querystring: z.object({ v: z.string().optional() }) } },
      async (request, reply) => {
        // While two versions run side by side, a wrong answer must not be kept for a year.
        const isThisVersion = request.query.v === asset.version;
        reply.header('cache-control', isThisVersion ? 'public, max-age=31536000, immutable' : 'no-cache');
        return reply.type(asset.type).send(asset.content);
      },
    );
  }
}
