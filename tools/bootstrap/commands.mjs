// The commands of the repository: what each one runs under the pinned Node, and what it needs on the machine.
const source = ['node', '--conditions=source'];
const vitest = ['node', 'node_modules/vitest/vitest.mjs', 'run'];
const longTest = [...vitest, '--config', 'vitest.long.config.ts'];

/**
 * `steps` run one after the other; the arguments of the command line go to the last one.
 * `watched`: the program stops by itself when the process that started it is killed.
 * `parts`: what the first argument chooses instead, as in `npm run soak -- trio`.
 */
export const commands = {
  start: { steps: [[...source, 'tools/stack/start.ts']], needs: ['redis', 'build'], watched: true },
  test: { steps: [vitest], needs: ['redis', 'chromium', 'ldap', 'build'] },
  'test:real': {
    steps: [[...source, 'tools/real/run.ts']],
    needs: [
      'redis',
      'chromium',
      'prometheus',
      'identity providers',
      'syslog',
      'nginx',
      'ldap',
      '389',
      'postgresql',
      'java',
      'build',
    ],
  },
  'test:proxies': {
    steps: [[...source, 'tools/real/traefik/run.ts']],
    needs: ['redis', 'chromium', 'nginx', 'build'],
  },
  'test:stores': { steps: [[...source, 'tools/real/stores/run.ts']], needs: ['redis', 'postgresql'] },
  'test:pages': {
    steps: [[...vitest, '--config', 'vitest.pages.config.ts']],
    needs: ['redis', 'chromium', 'ldap', 'build'],
  },
  'test:lab': { steps: [[...vitest, '--config', 'lab/vitest.config.ts']], needs: [] },
  'test:cluster': {
    steps: [[...source, 'lab/run.ts', 'cluster']],
    needs: ['chromium', 'cluster', 'build'],
    watched: true,
  },
  'test:compose': { steps: [[...source, 'tools/compose/run.ts']], needs: ['chromium', 'docker'] },
  'test:guards': { steps: [[...source, 'tools/guards/run.ts']], needs: ['redis', 'ldap'] },
  'test:add-a-field': { steps: [[...source, 'tools/add-a-field/run.ts']], needs: ['redis', 'build'] },
  'check:plans': { steps: [[...source, 'lab/run.ts', 'plans']], needs: ['redis', 'ldap'] },
  check: { steps: [[...source, 'tools/check/run.ts']], needs: [] },
  build: { steps: [], needs: ['build'] },
  format: { steps: [['node', 'node_modules/@biomejs/biome/bin/biome', 'check', '--write']], needs: [] },
  'demo:code': { steps: [[...source, 'tools/stack/code.ts']], needs: [] },
  gatehouse: { steps: [[...source, 'packages/cli/src/main.ts']], needs: [] },
  generate: { steps: [[...source, 'tools/generate/run.ts']], needs: [] },
  soak: {
    steps: [[...longTest, 'soak.test.ts']],
    needs: [],
    parts: { trio: { steps: [[...source, 'lab/run.ts', 'trio']], needs: ['redis', 'build'] } },
  },
  fuzz: { steps: [[...longTest, 'fuzz.test.ts']], needs: [] },
  siege: { steps: [[...longTest, 'attack-simulation.long.ts']], needs: ['redis'] },
  affected: { steps: [[...source, 'tools/ci/affected.ts']], needs: [] },
  docs: {
    steps: [
      [...source, 'tools/docs/run.ts'],
      [...vitest, '--config', 'vitest.docs.config.ts'],
    ],
    needs: ['chromium'],
    parts: {
      serve: {
        steps: [
          [...source, 'tools/docs/run.ts'],
          [...source, 'tools/docs/preview.ts'],
        ],
        needs: [],
      },
    },
  },
  sbom: { steps: [[...source, 'tools/release/bills.ts']], needs: [] },
  release: {
    steps: [[...source, 'tools/release/run.ts']],
    needs: [],
    parts: { build: { steps: [[...source, 'tools/release/run.ts', 'build']], needs: ['images'] } },
  },
  'release:rehearse': {
    steps: [[...source, 'lab/run.ts', 'release']],
    needs: ['chromium', 'cluster', 'build'],
    watched: true,
  },
  'release:surface': { steps: [[...source, 'tools/surface/run.ts']], needs: [] },
  'test:clock': { steps: [[...source, 'lab/run.ts', 'clock']], needs: ['redis', 'faketime', 'build'] },
  'test:regions': { steps: [[...source, 'lab/run.ts', 'regions']], needs: ['redis', 'build'] },
  chaos: { steps: [[...source, 'lab/run.ts', 'chaos']], needs: ['redis', 'build'] },
  'test:failover': { steps: [[...source, 'lab/run.ts', 'failover']], needs: ['redis', 'build'] },
  'test:upgrade': { steps: [[...source, 'lab/run.ts', 'upgrade']], needs: ['redis', 'build'] },
  'test:directory': {
    steps: [[...source, 'lab/run.ts', 'directory']],
    needs: ['redis', 'ldap', '389', 'samba', 'build'],
  },
  'bench:peers': { steps: [[...source, 'lab/run.ts', 'peers']], needs: ['redis', 'build'] },
  bench: { steps: [[...source, 'lab/run.ts', 'bench']], needs: ['redis', 'build'] },
};
