/** Finds links of the built site that lead nowhere. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const linked = /\s(?:href|src)="([^"]*)"/g;
const named = /\sid="([^"]*)"/g;

/** `page: link` for each file or anchor that is missing below `folder`, whose address is `base`. */
export function brokenLinks(folder: string, base: string): string[] {
  const pages = new Map(
    globSync('**/*.html', { cwd: folder }).map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  );
  const anchors = new Map([...pages].map(([path, html]) => [path, new Set(valuesOf(html, named))]));
  return [...pages].flatMap(([page, html]) =>
    [...new Set(valuesOf(html, linked))]
      .filter((link) => !leadsSomewhere(new URL(link, `site:${base}${page}`)))
      .map((link) => `${page}: ${link}`),
  );

  function leadsSomewhere({ protocol, pathname, hash }: URL): boolean {
    if (protocol !== 'site:') return true;
    if (!pathname.startsWith(base)) return false;
    const path = decodeURIComponent(pathname.slice(base.length)).replace(/(?:^|(?<=\/))$/, 'index.html');
    if (!existsSync(join(folder, path))) return false;
    return hash === '' || anchors.get(path)?.has(decodeURIComponent(hash.slice(1))) === true;
  }
}

function valuesOf(html: string, attribute: RegExp): string[] {
  return [...html.matchAll(attribute)].map(([, value = '']) => value.replaceAll('&amp;', '&'));
}
