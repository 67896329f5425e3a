/** Writes docs/reference/settings.md from the list of settings that services read. */
import { settingFacts } from '@gatehouse/contracts/resources';
import { markdownTable } from '../markdown-table.ts';

const places = {
  closest: 'the closest value: of the location, of the contact centre, of all',
  together: 'every value that is given, together',
};

/** docs/reference/settings.md */
export async function settingsPage(): Promise<string> {
  const rows = settingFacts().map(({ name, help, example, default: builtIn, readBy, counts }) => [
    `\`${name}\``,
    help,
    builtIn === '' ? 'none' : `\`${builtIn}\``,
    `\`${example}\``,
    readBy,
    places[counts],
  ]);
  return `# Settings of contact centres

\`npm run generate\` writes this page from \`packages/contracts/src/resources/known-settings.ts\`. The settings of a service itself are in [Configuration](configuration.md).

A setting has a value for each name and location, of a contact centre or of all ([inheritance](../explain/environment-api.md#inheritance-of-settings)). A changed value counts within a second, without a restart.
These are the settings that a service reads. A wrong value is refused with the right form.

${markdownTable(['setting', 'meaning', 'default', 'example', 'read by', 'counts'], rows)}

Other settings are read by nothing in Gatehouse: applications of the installation find them by their name. Such a name begins with \`x-\`, or the setting is marked as shared (\`"shared": true\`).
Every other name is refused, and a slip of the hand with the name that was meant
([which callers may still send one](../contributing/decisions/names-of-settings.md)).
`;
}
