/** The contents of the site, read out of the READMEs that list the pages of their folder. */
import { dirname, join, normalize } from 'node:path';
import { addressOf, sitePaths, textOf, titleOf } from './pages.ts';

export interface Entry {
  text: string;
  link: string;
  items?: Entry[];
  collapsed?: boolean;
}

export interface Listed {
  path: string;
  text: string;
  /** The rest of its row in the table. */
  note: string;
}

/** The pages that the README of a folder of docs lists, by the heading above them; '' before the first. */
export function listedIn(folder: string): Map<string, Listed[]> {
  const readme = `docs/${folder}/README.md`;
  const sections = textOf(readme).split(/^## /m);
  return new Map(
    sections.map((section, index) => {
      const [heading = ''] = index === 0 ? [] : section.split('\n');
      const rows = section.split('\n').filter((line) => line.startsWith('|'));
      const listed = rows.flatMap((row) => {
        const notes = row.split(' | ').slice(1).join(', ').replace(/ \|$/, '');
        return [...row.matchAll(/\[([^\]]+)\]\(([^)#\s]+\.md)\)/g)].map(([, text = '', link = '']) => {
          const path = normalize(join(dirname(readme), link));
          // The name of a service alone would be taken for its API.
          const subject = path.startsWith('charts/') ? 'Values of ' : '';
          return { path, text: subject + text.replaceAll('`', ''), note: plain(notes) };
        });
      });
      return [heading, listed.filter(({ path }) => sitePaths.has(path))];
    }),
  );
}

/** The pages of a door; a folder below it is a group that is closed at first. */
export function sidebarOf(folder: string): Entry[] {
  const sections = [...listedIn(folder)].filter(([, listed]) => listed.length > 0);
  const entries = (listed: Listed[]) => unique(listed).map((one) => entryOf(folder, one));
  return [
    { text: titleOf(`docs/${folder}/README.md`), link: `/${folder}/` },
    ...sections.flatMap(([heading, listed]) =>
      heading === '' ? entries(listed) : [{ text: heading, link: '', items: entries(listed) }],
    ),
  ];
}

function entryOf(folder: string, { path, text }: Listed): Entry {
  const entry = { text, link: addressOf(sitePaths.get(path) ?? '') };
  const [, below] = new RegExp(`^docs/(${folder}/[^/]+)/README\\.md$`).exec(path) ?? [];
  if (below === undefined) return entry;
  const items = unique([...listedIn(below).values()].flat()).map((one) => entryOf(below, one));
  return { ...entry, items, collapsed: true };
}

const unique = (listed: Listed[]) => [...new Map(listed.map((one) => [one.path, one])).values()];
const plain = (markdown: string) => markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim();
