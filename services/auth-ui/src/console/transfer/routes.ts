/** Serves export and import of the configuration: a document to keep, and the changes of an import before they are made. */
import {
  createEstateAdministration,
  type DocumentFormat,
  namesToType,
} from '@gatehouse/api-client/environment-api';
import { z } from 'zod';
import type { Area } from '../shell/area.ts';
import { detailRoute } from '../shell/details.ts';
import { consoleView, formView } from '../shell/pages.ts';
import { previewView } from '../shell/preview.ts';
import { attempt } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { acceptTextFiles } from '../shell/upload.ts';
import {
  besideDocument,
  importPage,
  isTyped,
  previewPage,
  type TransferPage,
  transferPage,
  transferPath,
} from './pages.ts';

const transferView = consoleView<TransferPage>('transfer/transfer');

/** As a form: some characters take three. A larger document is a task for the command line. */
const bodyLimit = 6 * 1024 * 1024;
const document = z.string().max(bodyLimit).default('');
const importFields = z.object({
  document,
  etag: z.string().max(256).default(''),
  names: z.string().max(4_096).default(''),
});

export const transferArea: Area = {
  path: '/transfer',
  audience: 'installation',
  entry: { group: 'installation', label: 'console.transfer.title', icon: 'transfer' },
  routes(pages, shell) {
    acceptTextFiles(pages, bodyLimit);

    detailRoute(pages, shell, { url: '', view: transferView }, (visit) => transferPage(visit));

    for (const format of ['yaml', 'json'] as const)
      pages.get(`/export.${format}`, { schema: { hide: true } }, async (request, reply) => {
        const exported = await estateOf(shell.begin(request, reply)).export(format);
        return reply
          .type(`application/${format}; charset=utf-8`)
          .header('content-disposition', `attachment; filename="gatehouse-estate.${format}"`)
          .send(exported.document);
      });

    detailRoute(pages, shell, { url: '/import', view: formView }, (visit) => importPage(visit, ''));

    pages.post(
      '/preview',
      { bodyLimit, schema: { hide: true, body: importFields } },
      async (request, reply) => {
        const visit = shell.begin(request, reply);
        const { document: text } = request.body;
        const { done, problem } = await attempt(visit, () => estateOf(visit).tryImport(text, formatOf(text)));
        if (problem !== undefined)
          return shell.refused(visit, importPage(visit, text), besideDocument(problem));
        return shell.show(visit, previewView, await previewPage(visit, done.result, text, done.etag));
      },
    );

    pages.post(
      '/import',
      { bodyLimit, schema: { hide: true, body: importFields } },
      async (request, reply) => {
        const visit = shell.begin(request, reply);
        const { document: text, etag, names: typed } = request.body;
        const format = formatOf(text);
        const { done, problem } = await attempt(visit, async () => {
          const { result, etag: newest } = await estateOf(visit).tryImport(text, format);
          const isAgain = newest !== etag;
          if (isAgain || !isTyped(namesToType(result.changes), typed))
            return {
              shown: await previewPage(visit, result, text, newest, isAgain ? { isAgain } : { typed }),
              isAgain,
            };
          return { imported: await estateOf(visit).import(text, format, etag) };
        });
        if (problem !== undefined)
          return shell.refused(visit, importPage(visit, text), besideDocument(problem));
        if (done.imported !== undefined)
          return shell.done(visit, transferPath, 'console.transfer.imported', {
            count: String(done.imported.changes.length),
          });
        reply.code(done.isAgain ? 412 : 400);
        return shell.show(visit, previewView, done.shown);
      },
    );
  },
};

const estateOf = ({ environmentApi }: ConsoleVisit) => createEstateAdministration(environmentApi);

function formatOf(text: string): DocumentFormat {
  return text.trimStart().startsWith('{') ? 'json' : 'yaml';
}
