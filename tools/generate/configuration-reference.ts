/** docs/configuration.md, from the configuration schemas of the services. */
import { pathToFileURL } from 'node:url';
import type { Configuration } from '@gatehouse/service-kit/config/configuration';
import { documentConfiguration } from '@gatehouse/service-kit/config/document';

const services = ['auth-api', 'auth-ui', 'environment-api'];

const introduction = `# Configuration

Written by \`npm run generate\` from \`services/*/src/config.ts\`; change the sentences there.

Each setting has a variable and a key of the configuration file. The order is: variable, file named by
\`<variable>_FILE\` (for secrets that are mounted), configuration file (YAML, named by \`GATEHOUSE_CONFIG_FILE\`), default.
A service starts only when everything is right, tells all mistakes in one message and ends with status 78. An unknown key of the
file is refused, and so is a variable that is a near miss of one below. Secrets print as \`[secret]\` everywhere.

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
