/** The part of Environment API's stand-in that gives people of directories their numbers. */
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

const path = /^\/environment\/v3\/internal\/environments\/([^/]+)\/person-numbers$/;

export function createNumberStandIn() {
  const numbers: { environmentId: string; externalId: string; dbid: number }[] = [];

  const numberOf = (environmentId: string, externalId: string) => {
    const known = numbers.find((one) => one.environmentId === environmentId && one.externalId === externalId);
    if (known !== undefined) return known;
    const added = { environmentId, externalId, dbid: 100 + numbers.length };
    numbers.push(added);
    return added;
  };

  return {
    /** Undefined: it is no question about numbers. */
    answer(
      request: IncomingMessage,
      { pathname, searchParams }: URL,
    ): Promise<{ numbers: object[] }> | undefined {
      const environmentId = path.exec(pathname)?.[1];
      if (environmentId === undefined) return undefined;
      const shown = (found: typeof numbers) => ({
        numbers: found.map(({ externalId, dbid }) => ({ externalId, dbid })),
      });
      if (request.method === 'POST') {
        return text(request).then((body) => {
          const { externalIds, onlyKnown } = JSON.parse(body).data as {
            externalIds: string[];
            onlyKnown?: boolean;
          };
          if (onlyKnown)
            return shown(
              numbers.filter(
                (one) => one.environmentId === environmentId && externalIds.includes(one.externalId),
              ),
            );
          return shown(externalIds.map((id) => numberOf(environmentId, id)));
        });
      }
      const after = Number(searchParams.get('after') ?? 0);
      const dbid = searchParams.get('dbid');
      const found = numbers
        .filter((one) => one.environmentId === environmentId)
        .filter((one) => (dbid === null ? one.dbid > after : one.dbid === Number(dbid)));
      return Promise.resolve(shown(found.slice(0, Number(searchParams.get('limit') ?? 1))));
    },
  };
}
