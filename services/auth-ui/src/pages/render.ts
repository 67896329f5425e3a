/** Renders the page templates. Every value is escaped. */
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import { plainMoments } from '../texts/moments.ts';
import { contexts, escapeShown, escapeWithCode } from './escape.ts';
import type { Surroundings, Views } from './views.ts';

const folder = fileURLToPath(new URL('../../views/', import.meta.url));
const eta = Object.assign(new Eta({ cache: true, escapeFunction: escapeShown, plugins: [contexts.plugin] }), {
  escapeValue: contexts.escapeValue,
  escapeContent: contexts.escapeContent,
  escapeWithCode,
  plainMoments,
});
// Templates name each other by their paths in the folder. To look for each beside the one that names it, as Eta does, takes
// longer than to render it.
eta.resolvePath = (name) => `${folder}${name}.eta`;

export function renderView<V extends keyof Views>(
  view: V,
  page: Views[V],
  surroundings: Surroundings,
): string {
  return renderTemplate(view, { ...page, ...surroundings });
}

/** `template` is the path of a file in `views/`, without its ending. */
export function renderTemplate(template: string, data: object): string {
  return eta.render(template, data);
}
