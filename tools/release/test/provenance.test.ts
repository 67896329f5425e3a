import { expect, it } from 'vitest';
import { provenanceOf } from '../provenance.ts';

const origin = { source: 'https://git.example.com/team/gatehouse.git', revision: 'f'.repeat(40) };
const base = { uri: 'oci:debian', digest: { sha256: 'a'.repeat(64) } };

it('names the commit, the base, and the run of the workflow that built', () => {
  const { buildDefinition, runDetails } = provenanceOf(origin, { target: 'cli' }, [base], {
    GITHUB_SERVER_URL: 'https://git.example.com',
    GITHUB_REPOSITORY: 'team/gatehouse',
    GITHUB_REF: 'refs/tags/v1.0.0',
    GITHUB_WORKFLOW_REF: 'team/gatehouse/.github/workflows/release.yml@refs/tags/v1.0.0',
    GITHUB_RUN_ID: '7',
    GITHUB_RUN_ATTEMPT: '2',
  });
  expect(buildDefinition.externalParameters).toEqual({ target: 'cli' });
  expect(buildDefinition.resolvedDependencies).toEqual([
    {
      uri: 'git+https://git.example.com/team/gatehouse@refs/tags/v1.0.0',
      digest: { gitCommit: origin.revision },
    },
    base,
  ]);
  expect(runDetails).toEqual({
    builder: { id: 'https://git.example.com/team/gatehouse/.github/workflows/release.yml@refs/tags/v1.0.0' },
    metadata: { invocationId: 'https://git.example.com/team/gatehouse/actions/runs/7/attempts/2' },
  });
});

it('of a rehearsal claims no workflow', () => {
  const { buildDefinition, runDetails } = provenanceOf(origin, {}, [], {});
  expect(buildDefinition.resolvedDependencies).toEqual([
    { uri: `git+${origin.source}`, digest: { gitCommit: origin.revision } },
  ]);
  expect(runDetails).toEqual({ builder: { id: 'urn:gatehouse:rehearsal' } });
});
