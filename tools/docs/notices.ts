/** Writes THIRD-PARTY-NOTICES.txt: name, licence and licence text of each package whose code is in the site. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vitepress';
import { noticesOf, packageFoldersOf } from '../bootstrap/notices.mjs';

/** The folder of Swagger UI, whose files are copied as they are. */
export const viewer = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));

export const notices: Plugin = {
  name: 'notices',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
    const source = noticesOf('This site contains code of the following packages.', [
      ...packageFoldersOf(modules),
      viewer,
    ]);
    this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-NOTICES.txt', source });
  },
};
