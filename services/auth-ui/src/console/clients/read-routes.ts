/** Serves the pages that show clients: their list, and the tabs of one that change nothing. */

import { createClientAdministration } from '@gatehouse/api-client/auth-api';
import { steadyClock } from '@gatehouse/service-kit/clock';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { trailQuery } from '../audit/filters.ts';
import { trailPage, trailView } from '../audit/trail-page.ts';
import { detailRoute } from '../shell/details.ts';
import { listRoute } from '../shell/lists.ts';
import { centerNames } from '../shell/names/contact-centers.ts';
import { namedFindings } from '../shell/names/named-findings.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { typedText } from '../shell/typed.ts';
import { diagnosisPage } from './diagnosis-page.ts';
import { exchangesPage } from './exchanges-page.ts';
import { fieldsPage } from './fields-page.ts';
import { clients, columns } from './list-page.ts';
import { overviewPage } from './overview-page.ts';
import { clientHeader, clientPath, clientsPath } from './page-header.ts';
import { type PartsPage, partsView } from './parts-page.ts';
import { maxShown } from './words.ts';

const pageLength = 50;
export const clientParams = z.object({ clientId: z.string().max(128) });

export const managedClient = ({ clientId: name }: z.infer<typeof clientParams>) => ({
  kind: 'Client' as const,
  name,
});

type ClientCalls = ReturnType<typeof createClientAdministration>;

export async function readRoutes(pages: App, shell: Shell): Promise<void> {
  listRoute(pages, shell, {
    resource: clients,
    filters: { contactCenterId: typedText(128) },
    async read(visit, { search, contactCenterId, cursor, sort }) {
      const [found, centers] = await Promise.all([
        createClientAdministration(visit.authApi).page({
          search: search || undefined,
          contactCenterId: contactCenterId || undefined,
          cursor: cursor || undefined,
          sort: sort || undefined,
          limit: String(pageLength),
          count: 'true',
        }),
        centerNames(visit, contactCenterId === '' ? [] : [contactCenterId]),
      ]);
      return { ...found, served: centers.get(contactCenterId) };
    },
    columns,
    search: 'console.clients.search',
    searchBy: (_visit, { contactCenterId }) =>
      contactCenterId === '' ? {} : { hidden: { contactCenterId } },
    more: ({ text, rights }, _asked, { served }) => ({
      ...(served !== undefined && { lead: text('console.clients.lead.center', { name: served }) }),
      ...(rights.installation && {
        actions: [{ label: text('console.clients.new'), href: `${clientsPath}/new`, isMain: true }],
      }),
    }),
    ofOwn: { lead: 'console.clients.lead.own', empty: 'console.clients.empty.own' },
  });

  tab('', async (visit, calls, id) => {
    const client = await calls.read(id);
    const centers = await centerNames(visit, client.contactCenterIds.slice(0, maxShown));
    return overviewPage(visit, client, centers, steadyClock());
  });
  tab('/exchanges', async (visit, calls, id) => exchangesPage(visit, await calls.exchanges(id)));
  tab('/diagnosis', async (visit, calls, id) => {
    const found = await calls.diagnose(id);
    return diagnosisPage(visit, { ...found, findings: await namedFindings(visit, found.findings) });
  });
  tab('/fields', async (visit, calls, id) => fieldsPage(visit, await calls.read(id)));

  const trail = {
    url: '/one/:clientId/audit',
    path: clientParams.shape,
    query: trailQuery.omit({ clientId: true }).shape,
    view: trailView,
  };
  detailRoute(pages, shell, trail, async (visit, asked) => {
    const { clientId } = asked;
    const header = clientHeader(
      visit,
      await createClientAdministration(visit.authApi).read(clientId),
      'audit',
    );
    return trailPage(visit, header, `${clientPath(clientId)}/audit`, asked, { clientId });
  });

  function tab(
    below: '' | '/exchanges' | '/diagnosis' | '/fields',
    page: (visit: ConsoleVisit, calls: ClientCalls, clientId: string) => Promise<PartsPage>,
  ): void {
    detailRoute(
      pages,
      shell,
      { url: `/one/:clientId${below}`, path: clientParams.shape, view: partsView, managed: managedClient },
      async (visit, asked) => {
        const calls = createClientAdministration(visit.authApi);
        return page(visit, calls, asked.clientId);
      },
    );
  }
}
