import { expect, it } from 'vitest';
import { trustArguments } from '../cosign.ts';
import { releaseNotes, upgradeTable, verificationCommands } from '../notes.ts';
import { version } from '../release.ts';

const list = `sha256:${'a'.repeat(64)}`;
const amd64 = `sha256:${'b'.repeat(64)}`;
const arm64 = `sha256:${'c'.repeat(64)}`;
const chart = `sha256:${'d'.repeat(64)}`;
const release = {
  registry: 'registry.example.com',
  images: { 'auth-api': { digest: list, platforms: { amd64, arm64 } } },
  charts: { gatehouse: chart },
};
const workflow = {
  GITHUB_SERVER_URL: 'https://git.example.com',
  GITHUB_WORKFLOW_REF: 'team/gatehouse/.github/workflows/release.yml@refs/tags/v1.0.0',
};
const page =
  '# Release\n\n| other | table |\n| --- | --- |\n| 1 | 2 |\n\n## Upgrade gate\n\nWords.\n\n| step | failed |\n| --- | --- |\n| login | 0 |\n\n## After\n';

it('everything is verified by its digest, and what was built also by bill and provenance', () => {
  const commands = verificationCommands(release, ['--key', 'k']).map((one) => one.join(' '));
  const image = 'registry.example.com/gatehouse/auth-api';
  expect(commands).toEqual([
    `cosign verify --key k ${image}@${list}`,
    `cosign verify --key k registry.example.com/charts/gatehouse@${chart}`,
    `cosign verify --key k ${image}@${amd64}`,
    `cosign verify --key k ${image}@${arm64}`,
    `cosign verify-attestation --type slsaprovenance1 --key k ${image}@${amd64}`,
    `cosign verify-attestation --type slsaprovenance1 --key k ${image}@${arm64}`,
    `cosign verify-attestation --type cyclonedx --key k ${image}@${amd64}`,
    `cosign verify-attestation --type cyclonedx --key k ${image}@${arm64}`,
  ]);
});

it('without a key the identity of the workflow and its tag counts', () => {
  expect(trustArguments(undefined, workflow)).toEqual([
    '--certificate-identity',
    'https://git.example.com/team/gatehouse/.github/workflows/release.yml@refs/tags/v1.0.0',
    '--certificate-oidc-issuer',
    'https://token.actions.githubusercontent.com',
  ]);
  expect(() => trustArguments(undefined, {})).toThrow(
    'Outside of the workflow nobody signs without a key: give --key',
  );
});

it('the notes have the changes, the digests, the lines that verify and the table of the upgrade', () => {
  const notes = releaseNotes({
    changes: '### Added\n\n- A thing.',
    page,
    release,
    trust: trustArguments('k'),
  });
  expect(notes).toContain('### Added\n\n- A thing.');
  expect(notes).toContain(`| \`registry.example.com/charts/gatehouse\` | \`${chart}\` |`);
  expect(notes).toContain(
    `cosign verify --key k --insecure-ignore-tlog=true registry.example.com/gatehouse/auth-api@${list}\n`,
  );
  expect(notes).toContain('| step | failed |\n| --- | --- |\n| login | 0 |\n');
  expect(notes).not.toContain('other');
});

it('links of the notes lead to the files of the tag', () => {
  const changes = '- A thing ([how](docs/how.md#there)), [read](UPGRADING.md), [see](https://example.com/a).';
  const notes = (source?: string) => releaseNotes({ changes, page, release, trust: ['--key', 'k'], source });
  const at = `https://git.example.com/team/gatehouse/blob/v${version}`;
  expect(notes('https://git.example.com/team/gatehouse')).toContain(
    `- A thing ([how](${at}/docs/how.md#there)), [read](${at}/UPGRADING.md), [see](https://example.com/a).`,
  );
  expect(notes()).toContain(changes);
});

it('a release without a table of the upgrade gate has no notes', () => {
  expect(() =>
    upgradeTable('# Release\n\n## Upgrade gate\n\nNothing yet.\n\n## After\n\n| a |\n| --- |\n| b |\n'),
  ).toThrow('has no table below Upgrade gate');
});
