/** Composes the keys of the console: those that sign tokens, and those towards identity providers. */
import {
  createSigningKeyAdministration,
  createSsoKeyAdministration,
} from '@gatehouse/api-client/auth-api/administration';
import { ssoKeySchema } from '@gatehouse/contracts/auth-api/administration/single-sign-on';
import { consolePath } from '@gatehouse/contracts/auth-api/console';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import type { Area } from '../shell/area.ts';
import { confirmView, consoleView, formView } from '../shell/pages.ts';
import { attempt } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { importPage } from './import-page.ts';
import { type KeysPage, keysPage } from './keys-page.ts';
import { activatePage, removePage, retirePage, rotatePage } from './questions.ts';

const path = `${consolePath}/keys`;
const keysView = consoleView<KeysPage>('keys/keys');
const kidField = z.object({ kid: z.string().max(128) });
const purposeField = ssoKeySchema.pick({ purpose: true });
const rotateFields = z.object({ algorithm: z.string().max(16).default('') });
const importFields = z.object({
  key: z.string().max(65_536).default(''),
  password: z.string().max(1024).default(''),
  state: z.enum(['next', 'active']).catch('next'),
});

export function composeKeys({ shell }: { shell: Shell }): Area {
  const signing = ({ authApi }: ConsoleVisit) => createSigningKeyAdministration(authApi);
  const singleSignOn = ({ authApi }: ConsoleVisit) => createSsoKeyAdministration(authApi);

  async function routes(pages: App): Promise<void> {
    pages.get('', { schema: { hide: true } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const [keys, ssoKeys] = await Promise.all([signing(visit).list(), singleSignOn(visit).list()]);
      return shell.show(visit, keysView, keysPage(visit, keys, ssoKeys));
    });

    pages.get('/rotate', { schema: { hide: true } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      return shell.show(visit, formView, rotatePage(visit, await signing(visit).list()));
    });

    pages.post('/rotate', { schema: { hide: true, body: rotateFields } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      await signing(visit).rotate(request.body.algorithm || undefined);
      return shell.done(visit, path, 'console.keys.rotated');
    });

    pages.get('/import', { schema: { hide: true } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      return shell.show(visit, formView, importPage(visit, 'next'));
    });

    pages.post('/import', { schema: { hide: true, body: importFields } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { key, password, state } = request.body;
      const fields = { ...keyOf(key), ...definedOnly({ password: password || undefined }), state };
      const { done, problem } = await attempt(() => signing(visit).import(fields));
      if (problem !== undefined) {
        reply.code(problem.status);
        return shell.show(visit, formView, importPage(visit, state, problem));
      }
      return shell.done(visit, path, 'console.keys.imported', { kid: done.kid });
    });

    question('retire', retirePage, (visit, kid) => signing(visit).retire(kid), 'console.keys.retired');
    question('remove', removePage, (visit, kid) => signing(visit).remove(kid), 'console.keys.removed');

    function question(
      step: 'retire' | 'remove',
      page: typeof retirePage,
      act: (visit: ConsoleVisit, kid: string) => Promise<unknown>,
      done: 'console.keys.retired' | 'console.keys.removed',
    ): void {
      pages.get(`/${step}`, { schema: { hide: true, querystring: kidField } }, async (request, reply) => {
        const visit = shell.begin(request, reply);
        return shell.show(visit, confirmView, page(visit, request.query.kid));
      });
      pages.post(`/${step}`, { schema: { hide: true, body: kidField } }, async (request, reply) => {
        const visit = shell.begin(request, reply);
        const { kid } = request.body;
        const { problem } = await attempt(() => act(visit, kid));
        if (problem === undefined) return shell.done(visit, path, done, { kid });
        reply.code(problem.status);
        return shell.show(visit, confirmView, page(visit, kid, problem));
      });
    }

    pages.post(
      '/single-sign-on/prepare',
      { schema: { hide: true, body: purposeField } },
      async (request, reply) => {
        const visit = shell.begin(request, reply);
        await singleSignOn(visit).prepare(request.body.purpose);
        return shell.done(visit, path, 'console.keys.prepared');
      },
    );

    pages.get(
      '/single-sign-on/activate',
      { schema: { hide: true, querystring: purposeField } },
      async (request, reply) => {
        const visit = shell.begin(request, reply);
        return shell.show(visit, confirmView, activatePage(visit, request.query.purpose));
      },
    );

    pages.post(
      '/single-sign-on/activate',
      { schema: { hide: true, body: purposeField } },
      async (request, reply) => {
        const visit = shell.begin(request, reply);
        await singleSignOn(visit).activate(request.body.purpose);
        return shell.done(visit, path, 'console.keys.activated');
      },
    );
  }

  return {
    path: '/keys',
    audience: 'installation',
    entry: { group: 'installation', label: 'console.keys.title', icon: 'keys' },
    routes,
  };
}

/** As Auth API names the two forms of a key that are text. What is neither is refused there, with the reason. */
function keyOf(text: string): Record<string, unknown> {
  if (!text.trimStart().startsWith('{')) return { pem: text };
  try {
    return { jwk: JSON.parse(text) };
  } catch {
    // The parser's message may quote the key.
    return { jwk: {} };
  }
}
