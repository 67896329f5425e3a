/** `llms.txt` (llmstxt.org): the contents of the site for programs that read, with links to the pages in Markdown. */
import { listedIn } from './contents.ts';
import { description, doors, files, titleOf, version } from './pages.ts';

export function llmsText(): string {
  const head = `# Gatehouse ${version}\n\n> ${description}. Three services, always deployed together: Auth API, Auth UI, Environment API.\n`;
  return [head, ...doors.map(sectionOf)].join('\n');
}

function sectionOf(door: string): string {
  // The name of the section that a reader with little room leaves out.
  const title = door === 'contributing' ? 'Optional' : titleOf(`docs/${door}/README.md`);
  const listed = new Map([...listedIn(door).values()].flat().map((one) => [one.path, one]));
  const rows = [...listed.values()]
    .filter(({ path }) => files.includes(path))
    .map(({ path, text, note }) => `- [${text}](${path.replace('docs/', '')})${note && `: ${note}`}`);
  return `## ${title}\n\n${rows.join('\n')}\n`;
}
