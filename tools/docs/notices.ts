/** Writes THIRD-PARTY-NOTICES.txt: name, licence and licence text of each package whose code is in the site. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vitepress';

/** The folder of Swagger UI, whose files are copied as they are. */
export const viewer = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));

export const notices: Plugin = {
  name: 'notices',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
    const folders = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []);
    const source = [...new Set([...folders, viewer])]
      .map(noticeOf)
      .sort()
      .join(`\n${'-'.repeat(80)}\n\n`);
    this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-NOTICES.txt', source });
  },
};

function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice)/i.test(file));
  const read = texts.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return `${[`${name} ${version}\nLicence: ${license}`, ...read].join('\n\n')}\n`;
}
