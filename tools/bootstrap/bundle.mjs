// Bundles a compiled service with its libraries into a few files of dist/bundle, which starts in half the time of 1 700 modules
// and keeps less of their text in memory (docs/contributing/decisions/memory-of-a-service.md).
// Usage: node tools/bootstrap/bundle.mjs FOLDER… (of services, each with its dist/ and node_modules/)
import { relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';

/** Stay files of their own: native code, and what is required only where it is installed. */
const separate = /^(?:@node-rs\/|sharp$|pg-native$|pino-pretty$)/;

await Promise.all(process.argv.slice(2).map((folder) => bundle(resolve(folder))));

async function bundle(service) {
  const target = resolve(service, 'dist/bundle');
  const fromTarget = (file) => `./${relative(target, file)}`;
  const separatePackages = {
    name: 'separate-packages',
    resolveId: {
      filter: { id: separate },
      async handler(id, importer, options) {
        const found = await this.resolve(id, importer, { ...options, skipSelf: true });
        return { id: found ? fromTarget(found.id) : id, external: true };
      },
    },
  };
  // A module finds its files beside where it was, not beside the bundle.
  const ownAddresses = {
    name: 'own-addresses',
    transform: {
      // Not in what the bundler itself adds, which has no address.
      filter: { id: /^[^\0]/, code: 'import.meta.url' },
      handler: (code, id) => ({
        code: code.replaceAll(
          'import.meta.url',
          `new URL(${JSON.stringify(fromTarget(id))}, import.meta.url).href`,
        ),
        map: null,
      }),
    },
  };
  // V8 keeps a text with one other character in two bytes for each.
  const asciiAlone = {
    name: 'ascii-alone',
    generateBundle(_options, files) {
      for (const file of Object.values(files)) {
        if (file.type !== 'chunk') continue;
        const escaped = /.*\\[^\0-\x7f].*/.exec(file.code);
        if (escaped)
          throw new Error(`${file.fileName}: the backslash would escape the wrong character: ${escaped[0]}`);
        file.code = file.code.replaceAll(
          /[^\0-\x7f]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
      }
    },
  };
  const bundled = await rolldown({
    input: resolve(service, 'dist/main.js'),
    platform: 'node',
    plugins: [separatePackages, ownAddresses, asciiAlone],
  });
  // Not minified: a stack trace names the function and a line that can be read.
  await bundled.write({ dir: target, cleanDir: true, format: 'esm', comments: false });
}
