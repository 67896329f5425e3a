/** Serves the pages about keys: those that sign tokens, and those towards identity providers. */
import { createSigningKeyAdministration, createSsoKeyAdministration } from '@gatehouse/api-client/auth-api';
import { ssoKeySchema } from '@gatehouse/contracts/auth-administration';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { formRoutes } from '../form/routes.ts';
import type { Area } from '../shell/area.ts';
import { changedMeanwhile, confirmFirst } from '../shell/confirmation.ts';
import { ifMatch } from '../shell/conflict.ts';
import { detailRoute } from '../shell/details.ts';
import { consoleView } from '../shell/pages.ts';
import { attempt } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { tagField } from '../shell/typed.ts';
import { acceptFiles } from '../shell/upload.ts';
import { activatePage, kidPage, rotatePage } from './confirmations.ts';
import { besideKey, importedOf, importPage } from './import-page.ts';
import { type KeysPage, keysPage, keysPath } from './keys-page.ts';

const keysView = consoleView<KeysPage>('keys/keys');
const purposeField = ssoKeySchema.pick({ purpose: true });
/** For the file, and a text as a form writes it. The API decides how large a key may be. */
const maxImportBytes = 512 * 1024;

export const keysArea: Area = {
  path: '/keys',
  audience: 'installation',
  entry: { group: 'installation', label: 'console.keys.title', icon: 'keys' },
  async routes(pages, shell) {
    detailRoute(pages, shell, { url: '', view: keysView }, async (visit) => {
      const [keys, ssoKeys] = await Promise.all([signing(visit).list(), singleSignOn(visit).list()]);
      return keysPage(visit, keys, ssoKeys);
    });

    signingKeyRoutes(pages, shell);
    await pages.register(async (files: App) => importRoute(files, shell));
    singleSignOnKeyRoutes(pages, shell);
  },
};

const signing = ({ authApi }: ConsoleVisit, etag = '') =>
  createSigningKeyAdministration(ifMatch(authApi, etag));
const singleSignOn = ({ authApi }: ConsoleVisit, etag = '') =>
  createSsoKeyAdministration(ifMatch(authApi, etag));

function signingKeyRoutes(pages: App, shell: Shell): void {
  confirmFirst(pages, shell, {
    url: '/rotate',
    fields: { algorithm: z.string().max(16).default(''), ...tagField },
    async page(visit, { algorithm }) {
      const { data, etag } = await signing(visit).listTagged();
      return rotatePage(visit, data, etag, algorithm);
    },
    act: (visit, { algorithm, ifMatch: etag }) => signing(visit, etag).rotate(algorithm || undefined),
    done: (visit) => shell.done(visit, keysPath, 'console.keys.rotated'),
  });

  for (const [step, done] of [
    ['retire', 'console.keys.retired'],
    ['remove', 'console.keys.removed'],
  ] as const)
    confirmFirst(pages, shell, {
      url: `/${step}`,
      fields: { kid: z.string().max(128), ...tagField },
      page: async (visit, { kid }) => kidPage(visit, step, kid, (await signing(visit).listTagged()).etag),
      act: (visit, { kid, ifMatch: etag }) => signing(visit, etag)[step](kid),
      done: (visit, { kid }) => shell.done(visit, keysPath, done, { kid }),
    });
}

function importRoute(pages: App, shell: Shell): void {
  acceptFiles(pages, maxImportBytes);

  formRoutes(pages, shell, {
    url: '/import',
    bodyLimit: maxImportBytes,
    read: async (visit) => ({ etag: (await signing(visit).listTagged()).etag }),
    page: (visit, _seen, typed) => importPage(visit, typed),
    act: (visit, _asked, { typed, etag }) => signing(visit, etag).import(importedOf(visit, typed)),
    done: (visit, _asked, { kid }) => shell.done(visit, keysPath, 'console.keys.imported', { kid }),
    // The key was sent and is shown no more, so there is nothing to compare.
    meanwhile: (visit, _seen, page) => ({ ...page, message: changedMeanwhile(visit) }),
    beside: (_visit, problem, _seen, typed) => besideKey(problem, typed),
    also: [413],
  });
}

function singleSignOnKeyRoutes(pages: App, shell: Shell): void {
  pages.post(
    '/single-sign-on/prepare',
    { schema: { hide: true, body: purposeField } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      // 409: there is a next key already, perhaps by the same form that was sent twice.
      await attempt(visit, () => singleSignOn(visit).prepare(request.body.purpose));
      return shell.done(visit, keysPath, 'console.keys.prepared');
    },
  );

  confirmFirst(pages, shell, {
    url: '/single-sign-on/activate',
    fields: { ...purposeField.shape, ...tagField },
    page: async (visit, { purpose }) =>
      activatePage(visit, purpose, (await singleSignOn(visit).listTagged()).etag),
    act: (visit, { purpose, ifMatch: etag }) => singleSignOn(visit, etag).activate(purpose),
    done: (visit) => shell.done(visit, keysPath, 'console.keys.activated'),
  });
}
