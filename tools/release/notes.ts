/** Writes the notes of a release: what changed, how it was upgraded to, and how somebody verifies it. */
import { chartOf, imageOf, platformReferences, type Release, signedReferences, version } from './release.ts';

export interface NotesOptions {
  /** The section of CHANGELOG.md. */
  changes: string;
  /** docs/contributing/release.md, which has the table of the upgrade gate. */
  page: string;
  release: Release;
  /** Arguments of cosign that say whose signature counts. */
  trust: readonly string[];
  /** Address of the repository; without it links to its files stay as they are. */
  source?: string | undefined;
}

export function releaseNotes({ changes, page, release, trust, source }: NotesOptions): string {
  const { registry, images, charts } = release;
  const digests = [
    ...Object.entries(images).map(([target, { digest }]) => [imageOf(registry, target), digest]),
    ...Object.entries(charts).map(([chart, digest]) => [chartOf(registry, chart), digest]),
  ];
  return `# Gatehouse ${version}

\`\`\`sh
helm install gatehouse oci://${chartOf(registry, 'gatehouse')} --version ${version} --namespace gatehouse --create-namespace --values my-values.yaml
npm install --global @gatehouse/cli@${version}
\`\`\`

## Verify what you install

\`\`\`sh
${verificationCommands(release, trust).map(asLine).join('\n')}
npm audit signatures
\`\`\`

| image or chart | digest |
| --- | --- |
${digests.map(([name, digest]) => `| \`${name}\` | \`${digest}\` |`).join('\n')}

The charts name the images by these digests.

## Upgrade

${upgradeTable(page)}

${source === undefined ? changes : changes.replaceAll(/\]\((?=[\w.]+[/)#])(?!https?:)/g, `](${source}/blob/v${version}/`)}
`;
}

/** Programs with their arguments: what an operator runs before an installation. All must end with 0. */
export function verificationCommands(release: Release, trust: readonly string[]): string[][] {
  const built = platformReferences(release);
  const attested = (type: string, references: readonly string[]) =>
    references.map((reference) => ['cosign', 'verify-attestation', '--type', type, ...trust, reference]);
  return [
    ...[...signedReferences(release), ...built].map((reference) => ['cosign', 'verify', ...trust, reference]),
    ...attested('slsaprovenance1', built),
    ...attested('cyclonedx', built),
  ];
}

/** The tables below the heading, without what is written around them. @throws Error where there is none */
export function upgradeTable(page: string): string {
  const [, section = ''] = page.split(/^## Upgrade gate$/m);
  const [own = ''] = section.split(/^## /m);
  const rows = own.split('\n').filter((line) => line.startsWith('|'));
  if (rows.length < 3)
    throw new Error('docs/contributing/release.md has no table below Upgrade gate: run the gate');
  return rows.join('\n');
}

const asLine = (command: readonly string[]) =>
  command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(' ');
