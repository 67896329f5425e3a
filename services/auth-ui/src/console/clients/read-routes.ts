/** Serves the pages that show clients: their list, and the tabs of one that change nothing. */

import { createClientAdministration } from '@gatehouse/api-client/auth-api/administration';
import { steadyClock } from '@gatehouse/service-kit/clock';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import { listView } from '../shell/pages.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { typedText } from '../shell/typed.ts';
import { diagnosisPage } from './diagnosis-page.ts';
import { exchangesPage } from './exchanges-page.ts';
import { fieldsPage } from './fields-page.ts';
import { listPage } from './list-page.ts';
import { overviewPage } from './overview-page.ts';
import { type PartsPage, partsView } from './parts-page.ts';

const pageLength = 50;
const listQuery = z.object({
  search: typedText(128),
  contactCenterId: typedText(128),
  cursor: typedText(256),
});
export const clientParams = z.object({ clientId: z.string().max(128) });

type ClientCalls = ReturnType<typeof createClientAdministration>;

export async function readRoutes(pages: App, shell: Shell): Promise<void> {
  pages.get('', { schema: { hide: true, querystring: listQuery } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { search, contactCenterId, cursor } = request.query;
    const found = await createClientAdministration(visit.authApi).page({
      search: search || undefined,
      contactCenterId: contactCenterId || undefined,
      cursor: cursor || undefined,
      limit: String(pageLength),
    });
    return shell.show(visit, listView, listPage(visit, found, request.query));
  });

  tab('', async (visit, calls, id) => overviewPage(visit, await calls.read(id), steadyClock()));
  tab('/exchanges', async (visit, calls, id) => exchangesPage(visit, await calls.exchanges(id)));
  tab('/diagnosis', async (visit, calls, id) => diagnosisPage(visit, await calls.diagnose(id)));
  tab('/fields', async (visit, calls, id) => fieldsPage(visit, await calls.read(id)));

  function tab(
    below: '' | '/exchanges' | '/diagnosis' | '/fields',
    page: (visit: ConsoleVisit, calls: ClientCalls, clientId: string) => Promise<PartsPage>,
  ): void {
    pages.get(
      `/one/:clientId${below}`,
      { schema: { hide: true, params: clientParams } },
      async (request, reply) => {
        const visit = shell.begin(request, reply);
        const calls = createClientAdministration(visit.authApi);
        return shell.show(visit, partsView, await page(visit, calls, request.params.clientId));
      },
    );
  }
}
