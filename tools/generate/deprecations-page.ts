/** Writes docs/reference/deprecations.md from the list of settings that go away. */
import { deprecatedSettings } from '@gatehouse/service-kit/config';
import { markdownTable } from '../markdown-table.ts';

/** docs/reference/deprecations.md */
export async function deprecationsPage(): Promise<string> {
  const rows = deprecatedSettings.map(({ setting, since, until, instead }) => [
    `\`${setting}\``,
    since,
    until,
    instead,
  ]);
  return `# Deprecations

\`npm run generate\` writes this page from \`packages/service-kit/src/config/deprecations.ts\`.

What is deprecated works as before until the day of its row: no release before it takes it away ([how long a release is supported](../../SECURITY.md#supported-versions)). Where a service uses one of
these settings with another value than the default, each start logs a warning, and so do \`check-config\`, \`gatehouse doctor\` and the first page of the console.

${markdownTable(['setting', 'deprecated since', 'works until', 'what to do'], rows)}
`;
}
