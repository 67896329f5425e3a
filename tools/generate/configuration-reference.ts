/** docs/configuration.md, from the configuration schemas of the services. */
import { pathToFileURL } from 'node:url';
import type { Configuration } from '@gatehouse/service-kit/config/configuration';
import { documentConfiguration } from '@gatehouse/service-kit/config/document';

const services = ['auth-api', 'auth-ui', 'environment-api'];

const introduction = `# Configuration

\`npm run generate\` writes this page from \`services/*/src/config.ts\` and the groups of settings that it imports. Change the sentences there.

Each setting has an environment variable and a key of the configuration file. The first of these that is set counts: the variable, the file named by
\`<variable>_FILE\` (for mounted secrets), the configuration file (YAML, named by \`GATEHOUSE_CONFIG_FILE\`), the default. A service with a mistake in its
configuration does not start: it reports all mistakes in one message and ends with status 78. It refuses an unknown key of the file, and a variable whose
name is almost one of those below. Secrets are always printed as \`[secret]\`.

\`\`\`sh
node services/auth-api/dist/main.js check-config
\`\`\`
`;

export async function configurationReference(root: string): Promise<string> {
  const sections = await Promise.all(
    services.map(async (service) => {
      const module: { configuration: Configuration } = await import(
        pathToFileURL(`${root}/services/${service}/src/config.ts`).href
      );
      return `\n## ${service}\n\n${documentConfiguration(module.configuration)}\n`;
    }),
  );
  return introduction + sections.join('');
}
