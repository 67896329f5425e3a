/** `npm run docs`: builds the documentation as a site, fails for a link that leads nowhere, and packs the site for a release. */
import { cpSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { build } from 'vitepress';
import { brokenLinks } from './links.ts';
import { llmsText } from './llms.ts';
import { viewer } from './notices.ts';
import { archive, base, builtSite, files, root, version } from './pages.ts';

rmSync(builtSite, { recursive: true, force: true });
await build(fileURLToPath(new URL('.', import.meta.url)));
addFiles();
const broken = brokenLinks(builtSite, base);
for (const link of broken) console.error(`This link leads nowhere: ${link}`);
process.exitCode = broken.length === 0 ? 0 : 1;
pack();

/** What VitePress does not write: files as they are, and the viewer of the APIs with its documents. */
function addFiles(): void {
  const copy = (from: string, to: string) => cpSync(from, join(builtSite, to));
  for (const path of files) copy(join(root, path), relative('docs', path));
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt'])
    copy(join(viewer, file), `viewer/${file}`);
  const playground = join(root, 'examples/playground/assets');
  for (const file of ['api.css', 'api.js']) copy(join(playground, file), `viewer/${file}`);
  copy(join(playground, 'mark.svg'), 'mark.svg');
  for (const api of ['auth-api', 'environment-api'])
    copy(join(root, 'services', api, 'openapi.json'), `openapi/${api}.json`);
  writeFileSync(join(builtSite, 'stack.json'), JSON.stringify({ canCall: false }));
  writeFileSync(join(builtSite, 'llms.txt'), llmsText());
}

/** The same bytes for the same files. */
function pack(): void {
  const paths = globSync('**/*', { cwd: builtSite }).filter((path) =>
    statSync(join(builtSite, path)).isFile(),
  );
  const entries = paths
    .sort()
    .map((path) => [`${version}/${path}`, readFileSync(join(builtSite, path))] as const);
  writeFileSync(archive, zipSync(Object.fromEntries(entries), { mtime: new Date(1980, 0, 1) }));
  console.log(`${entries.length} files are in ${archive}`);
}
