/** Composes the page with the runbooks, which problems of the first page lead to. */
import type { App } from '@gatehouse/service-kit/http';
import type { Area } from '../shell/area.ts';
import { detailRoute } from '../shell/details.ts';
import { type ConsolePage, consoleView } from '../shell/pages.ts';
import type { Shell } from '../shell/shell.ts';

/** Its sections are written by `npm run generate` from docs/guides/runbooks.md. */
const runbooksView = consoleView<ConsolePage>('runbooks/page');

export function composeRunbooks({ shell }: { shell: Shell }): Area {
  return {
    path: '/runbooks',
    audience: 'everybody',
    entry: { group: 'overview', label: 'console.runbooks.title', icon: 'runbooks' },
    async routes(pages: App) {
      detailRoute(pages, shell, { url: '', view: runbooksView }, async (visit) => {
        const { text } = visit;
        return {
          title: text('console.runbooks.title'),
          lead: text('console.runbooks.lead'),
        };
      });
    },
  };
}
