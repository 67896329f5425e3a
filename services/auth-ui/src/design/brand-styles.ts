/**
 * Serves the style sheets of brandings: custom properties and nothing else, made from the two colours in the address. So they
 * need no store, never change, and tell no one which contact centre has them.
 */
import { type BrandColors, brandStyleOf, tokensOf } from '@gatehouse/contracts/environment-api';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { notFound } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';

const name = /^([0-9a-f]{6})-([0-9a-f]{6})\.css$/;

/** Changes with the way in which colours are derived. */
const version = sha256(brandStyleOf({ accent: '#135848', accentDark: '#6bcdb0' })).slice(0, 12);

/** @throws Error for what are no colours */
export function brandStyleUrl({ accent, accentDark }: BrandColors): string {
  const file = `${accent.slice(1)}-${accentDark.slice(1)}.css`;
  if (!name.test(file)) throw new Error('a colour must be #rrggbb');
  return `/auth/assets/brand/${file}?v=${version}`;
}

/** The colour of the browser's own bars around the page. */
export function themeColorOf(colors: BrandColors): string {
  return tokensOf(colors, 'light')['--scene-sky-high'] ?? '';
}

export async function brandStyleRoutes(pages: App): Promise<void> {
  pages.get(
    '/:file',
    {
      schema: {
        hide: true,
        params: z.object({ file: z.string() }),
        querystring: z.object({ v: z.string().optional() }),
      },
    },
    async (request, reply) => {
      const [, light, dark] = name.exec(request.params.file) ?? [];
      if (light === undefined || dark === undefined) throw notFound('There is no such page');
      const isThisVersion = request.query.v === version;
      reply.header('cache-control', isThisVersion ? 'public, max-age=31536000, immutable' : 'no-cache');
      return reply
        .type('text/css; charset=utf-8')
        .send(brandStyleOf({ accent: `#${light}`, accentDark: `#${dark}` }));
    },
  );
}
