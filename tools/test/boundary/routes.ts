/** Lists what can be called: the routes of a running application, and those of its OpenAPI document, which no setting hides. */
import { readFileSync } from 'node:fs';
import type { App } from '@gatehouse/service-kit/http';
import { createProgram } from '../../../packages/cli/src/program.ts';

const line = /^(?<indent>[│ ]*)[├└]── (?<part>\S*) ?(?:\((?<methods>[A-Z, -]+)\))?/;

/** As `GET /path/{parameter}`. HEAD answers as GET does, and OPTIONS is for preflights of browsers alone. */
export function routesOf(app: App): string[] {
  const parents: string[] = [];
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((text) => {
      const { indent = '', part = '', methods = '' } = line.exec(text)?.groups ?? {};
      if (part === '') return [];
      const depth = indent.length / 4;
      const path = `${parents.slice(0, depth).join('')}${part}`;
      parents.splice(depth, parents.length, part);
      return methods
        .split(', ')
        .filter((method) => method !== '' && !['-', 'HEAD', 'OPTIONS'].includes(method))
        .map((method) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    });
}

/** Routes of some installations alone are described in the document of all. */
export function describedRoutes(service: 'auth-api' | 'environment-api'): string[] {
  const file = new URL(`../../../services/${service}/openapi.json`, import.meta.url);
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, object> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
}

type Command = Pick<ReturnType<typeof createProgram>, 'name' | 'commands'>;

/** Every command that does something, as it is typed. */
export function commandsOf(
  command: Command = createProgram({ columns: 100 } as Parameters<typeof createProgram>[0], () => {}),
): string[] {
  return command.commands.flatMap((below) =>
    (below.commands.length === 0 ? [''] : commandsOf(below)).map((rest) => `${below.name()} ${rest}`.trim()),
  );
}
