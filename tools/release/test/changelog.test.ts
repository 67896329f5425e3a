import { expect, it } from 'vitest';
import { changesOf, sectionOf } from '../changelog.ts';

const changelog = `# Changelog

## [Unreleased]

### Added

- A thing of tomorrow.

## [1.2.0] - 2026-12-03

### Security

- An entry that ends with a link ([why](docs/why.md)). More of it
  on a second line.

### Added

- \`npm start\` begins
  in half the time: 2.5 s.
- Another one

## [1.1.0]

### Added

- A thing of yesterday.
`;

it('a release has its own section and no other', () => {
  const section = sectionOf(changelog, '1.2.0');
  expect(section).toMatch(/^### Security\n.*Another one$/s);
  expect(section).not.toContain('tomorrow');
  expect(section).not.toContain('yesterday');
});

it('a version without a section is told what is missing', () => {
  expect(() => sectionOf(changelog, '1.3.0')).toThrow(
    'CHANGELOG.md has no section [1.3.0]: name the section [Unreleased] after the version',
  );
  // A version that begins another one is not taken for it.
  expect(() => sectionOf(changelog, '1.2')).toThrow('no section [1.2]');
});

it('each entry is a change with its kind and first sentence', () => {
  expect(changesOf(sectionOf(changelog, '1.2.0'))).toEqual([
    { kind: 'security', description: 'An entry that ends with a link (why).' },
    { kind: 'added', description: '`npm start` begins in half the time: 2.5 s.' },
    { kind: 'added', description: 'Another one' },
  ]);
});
