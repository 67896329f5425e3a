/** Serves the first page of the console: problems, numbers and charts, or what a new installation needs next. */
import { readAlerts, readAuthApiOverview } from '@gatehouse/api-client/auth-api';
import { readEnvironmentApiOverview } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import { windows } from '@gatehouse/contracts/answers';
import { z } from 'zod';
import type { Area } from '../shell/area.ts';
import { consoleView } from '../shell/pages.ts';
import { alertTestRoute } from './alerts.ts';
import { type HomePage, homePage } from './page.ts';

const homeView = consoleView<HomePage>('home/home');

export const homeArea: Area = {
  path: '',
  audience: 'everybody',
  lesser: ['auditor'],
  entry: { group: 'overview', label: 'console.home.title', icon: 'home' },
  routes(pages, shell) {
    pages.get(
      '',
      { schema: { hide: true, querystring: z.object({ window: z.enum(windows).catch('1h') }) } },
      async (request, reply) => {
        const visit = shell.begin(request, reply);
        const { window } = request.query;
        const [authApi, environmentApi, alerts] = await Promise.all([
          unlessAway(readAuthApiOverview(visit.authApi, { window })),
          unlessAway(readEnvironmentApiOverview(visit.environmentApi)),
          // A replica of the release before does not know of them.
          visit.rights.installation ? readAlerts(visit.authApi).catch(() => undefined) : undefined,
        ]);
        const page = homePage(visit, { authApi, environmentApi, alerts }, { window, areas: shell.areas });
        return shell.show(visit, homeView, page);
      },
    );
    alertTestRoute(pages, shell);
  },
};

/** An API that does not answer does not hide the answer of the other one. @throws UpstreamError for a refusal */
async function unlessAway<T>(question: Promise<T>): Promise<T | undefined> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof UpstreamError && (error.status === undefined || error.status >= 500))
      return undefined;
    throw error;
  }
}
