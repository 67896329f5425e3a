/** Composes the keys of the console: those that sign tokens, and those towards identity providers. */
import {
  createSigningKeyAdministration,
  createSsoKeyAdministration,
} from '@gatehouse/api-client/auth-api/administration';
import { ssoKeySchema } from '@gatehouse/contracts/auth-api/administration/single-sign-on';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import type { Area } from '../shell/area.ts';
import { consoleView, formView } from '../shell/pages.ts';
import { attempt } from '../shell/problem.ts';
import { askFirst } from '../shell/question.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { besideKey, importPage } from './import-page.ts';
import { type KeysPage, keysPage, keysPath } from './keys-page.ts';
import { activatePage, kidPage, rotatePage } from './questions.ts';

const keysView = consoleView<KeysPage>('keys/keys');
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
      return shell.done(visit, keysPath, 'console.keys.rotated');
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
      if (problem !== undefined) return shell.refused(visit, importPage(visit, state), besideKey(problem));
      return shell.done(visit, keysPath, 'console.keys.imported', { kid: done.kid });
    });

    for (const [step, done] of [
      ['retire', 'console.keys.retired'],
      ['remove', 'console.keys.removed'],
    ] as const)
      askFirst(pages, shell, {
        url: `/${step}`,
        fields: { kid: z.string().max(128) },
        page: (visit, { kid }) => kidPage(visit, step, kid),
        act: (visit, { kid }) => signing(visit)[step](kid),
        done: (visit, { kid }) => shell.done(visit, keysPath, done, { kid }),
      });

    pages.post(
      '/single-sign-on/prepare',
      { schema: { hide: true, body: purposeField } },
      async (request, reply) => {
        const visit = shell.begin(request, reply);
        await singleSignOn(visit).prepare(request.body.purpose);
        return shell.done(visit, keysPath, 'console.keys.prepared');
      },
    );

    askFirst(pages, shell, {
      url: '/single-sign-on/activate',
      fields: purposeField.shape,
      page: (visit, { purpose }) => activatePage(visit, purpose),
      act: (visit, { purpose }) => singleSignOn(visit).activate(purpose),
      done: (visit) => shell.done(visit, keysPath, 'console.keys.activated'),
    });
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
