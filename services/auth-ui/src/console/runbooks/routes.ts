/** Serves the page with the runbooks, which problems of the first page lead to. */
import type { Area } from '../shell/area.ts';
import { detailRoute } from '../shell/details.ts';
import { type ConsolePage, consoleView } from '../shell/pages.ts';

/** Its sections are written by `npm run generate` from docs/guides/runbooks.md. */
const runbooksView = consoleView<ConsolePage>('runbooks/page');

export const runbooksArea: Area = {
  path: '/runbooks',
  audience: 'everybody',
  lesser: ['auditor'],
  entry: { group: 'overview', label: 'console.runbooks.title', icon: 'runbooks' },
  routes(pages, shell) {
    detailRoute(pages, shell, { url: '', view: runbooksView }, async (visit) => {
      const { text } = visit;
      return {
        title: text('console.runbooks.title'),
        lead: text('console.runbooks.lead'),
      };
    });
  },
};
