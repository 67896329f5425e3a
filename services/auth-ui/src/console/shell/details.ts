/** Serves a page that only shows: what it is about comes from its path and its query. */
import type { ManagedQuery } from '@gatehouse/contracts/documents';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import type { LesserRight } from '../../oauth-session/session.ts';
import { keepersOf, managedNotice } from './managed.ts';
import type { ConsolePage, ConsoleView } from './pages.ts';
import type { ConsoleVisit, Shell } from './shell.ts';

type None = Record<never, never>;

interface DetailRoute<Path extends z.ZodRawShape, Query extends z.ZodRawShape, Page extends ConsolePage> {
  url: string;
  path?: Path;
  query?: Query;
  /** The thing as documents name it: the page says who manages it. */
  managed?: (asked: NoInfer<Asked<Path, Query>>) => ManagedQuery;
  view: ConsoleView<Page>;
  /** It asks the APIs for what only an administrator may ask. */
  isForAdministrators?: boolean;
  /** Lesser rights that may open it nevertheless. */
  lesser?: readonly LesserRight[];
}

type Asked<Path extends z.ZodRawShape, Query extends z.ZodRawShape> = z.output<z.ZodObject<Path & Query>>;

export function detailRoute<
  Page extends ConsolePage,
  Path extends z.ZodRawShape = None,
  Query extends z.ZodRawShape = None,
>(
  pages: App,
  shell: Shell,
  { url, path, query, view, isForAdministrators = false, lesser, managed }: DetailRoute<Path, Query, Page>,
  page: (visit: ConsoleVisit, asked: Asked<Path, Query>) => Page | Promise<Page>,
): void {
  const schema = { hide: true, params: z.object(path ?? {}), querystring: z.object(query ?? {}) };
  pages.get(
    url,
    { config: { isForAdministrators, ...(lesser && { lesser }) }, schema },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const asked = { ...request.query, ...request.params } as Asked<Path, Query>;
      const [shown, keepers] = await Promise.all([page(visit, asked), keepersOf(visit, managed?.(asked))]);
      return shell.show(visit, view, { ...shown, ...managedNotice(visit, keepers) });
    },
  );
}
