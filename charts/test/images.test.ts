import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { composeServices } from '../../tools/charts/compose.ts';
import { repository, serviceCharts } from '../../tools/charts/places.ts';
import { loadEnvironment } from '../../tools/charts/service-view.ts';
import { nodeArguments } from '../../tools/stack/processes/node-program.ts';

const read = (file: string) => readFileSync(path.join(repository, file), 'utf8');
const dockerfile = read('docker/Dockerfile');

describe('the images', () => {
  test.each([...serviceCharts, 'config-server-simulator', 'cli'])('%s has a target of its own', (name) => {
    const base = serviceCharts.some((chart) => chart === name) ? 'service' : 'runtime';
    expect(dockerfile).toMatch(new RegExp(`^FROM ${base} AS ${name}$`, 'm'));
    expect(dockerfile).toContain(`COPY --from=build /out/${name} ./`);
  });

  test('run as a numeric user that is not root, which is the one the charts name', () => {
    expect(dockerfile.match(/^USER .*$/gm)).toEqual(['USER 65532:65532']);
    for (const chart of serviceCharts)
      expect(read(`charts/${chart}/values.yaml`)).toContain('runAsUser: 65532');
  });

  test('say by the standard labels what they are and where they come from', () => {
    for (const label of ['vendor', 'licenses', 'title', 'version', 'revision', 'created', 'source'])
      expect(dockerfile, label).toContain(`org.opencontainers.image.${label}=`);
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(dockerfile).toContain(`ARG VERSION=${version}\n`);
  });

  test('start and ask for their health without a shell', () => {
    const started = dockerfile.match(/^(ENTRYPOINT|CMD|HEALTHCHECK) .*$/gm) ?? [];
    expect(started).toHaveLength(4);
    for (const line of started) expect(line).toMatch(/^(ENTRYPOINT|HEALTHCHECK .* CMD) \["node", /);
  });

  test('give each service the young generation that it has in the local stack', () => {
    const entrypointOf = (stage: string) =>
      new RegExp(`^FROM \\w+ AS ${stage}\n(?:(?!FROM ).*\n)*?ENTRYPOINT (.*)`, 'm').exec(dockerfile)?.[1];
    for (const chart of serviceCharts) {
      const entrypoint = JSON.parse(entrypointOf(chart) ?? entrypointOf('service') ?? '[]') as string[];
      const [program, youngGeneration] = entrypoint;
      expect(program, chart).toBe('node');
      expect(nodeArguments(`services/${chart}/dist/bundle/main.js`, []), chart).toContain(youngGeneration);
    }
  });

  test('are built by the package manager that the repository pins', () => {
    const pinned = /pnpm: '([^']+)'/.exec(read('tools/bootstrap/toolchain.mjs'))?.[1];
    expect(dockerfile).toContain(`ARG PNPM_VERSION=${pinned}\n`);
  });

  test('ship everything that a service reads at run time', () => {
    const folders = {
      'auth-api': ['migrations'],
      'auth-ui': ['views', 'design'],
      'environment-api': ['migrations'],
    };
    for (const chart of serviceCharts) {
      const { files } = JSON.parse(read(`services/${chart}/package.json`)) as { files: string[] };
      expect(files, chart).toEqual(expect.arrayContaining(['dist', ...folders[chart]]));
    }
  });

  test('get no secret and no build result by the context', () => {
    const ignored = read('.dockerignore').split('\n');
    expect(ignored[1]).toBe('*');
    expect(ignored).not.toContain('!docker');
    expect(ignored).toEqual(expect.arrayContaining(['**/node_modules', '**/dist']));
  });
});

describe('docker/compose.yaml', () => {
  const services = composeServices(read('docker/compose.yaml'));

  test.each(serviceCharts)('%s starts with the variables it is given there', async (chart) => {
    const config = await loadEnvironment(chart, services[chart]?.environment ?? {});
    expect(config).toHaveProperty('serviceClient.id', 'gatehouse-service');
  });

  test.each(['auth-api', 'environment-api'] as const)(
    '%s waits for a migration with the same settings',
    (chart) => {
      const migration = services[`${chart}-migration`];
      expect(migration?.environment).toEqual(services[chart]?.environment);
      expect(migration?.command).toEqual(['migrate']);
      expect(services[chart]?.depends_on).toMatchObject({
        [`${chart}-migration`]: { condition: 'service_completed_successfully' },
      });
    },
  );

  test('publishes the public host and the calls of the operator only, on loopback unless told otherwise', () => {
    const published = Object.entries(services).filter(([, { ports }]) => ports);
    expect(published.map(([name, { ports }]) => [name, ports])).toEqual([
      ['public-host', ['127.0.0.1:8443:8443', '127.0.0.1:8444:8444']],
    ]);
  });

  test('threats 75: our containers have a read-only root, no capabilities, and no way to more rights', () => {
    for (const name of [...serviceCharts, 'config-server', 'cli']) {
      expect(services[name]).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
  });

  // attack: read keys and passwords in the memory dump of a container that crashed | CWE-528 | guard: docker/compose.yaml
  test('no container leaves its memory on a disk when it crashes', () => {
    for (const [name, { ulimits }] of Object.entries(services))
      expect(ulimits, name).toMatchObject({ core: 0 });
  });

  test('threats 75: what starts as root has only the capabilities of its image, and no way to more rights', () => {
    const leavesRoot = ['CHOWN', 'DAC_OVERRIDE', 'SETGID', 'SETUID'];
    const capabilities = {
      'public-host': leavesRoot,
      postgres: [...leavesRoot, 'FOWNER'].sort(),
      redis: leavesRoot,
      elasticsearch: undefined,
      // Its first process forwards signals to another account.
      consul: ['CHOWN', 'KILL', 'SETGID', 'SETUID'],
    };
    for (const [name, added] of Object.entries(capabilities)) {
      const { cap_drop, security_opt, cap_add } = services[name] ?? {};
      expect({ cap_drop, security_opt, cap_add }, name).toEqual({
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        cap_add: added,
      });
    }
  });

  test('Redis and PostgreSQL leave the account of root, which only the entry points of their images do', () => {
    for (const name of ['redis', 'postgres'])
      expect(services[name]?.command?.join(' '), name).toMatch(
        /exec docker-entrypoint\.sh (redis-server|postgres) /,
      );
  });

  test('every connection is encrypted, and nothing permits otherwise', () => {
    const file = read('docker/compose.yaml');
    expect(file).not.toMatch(/ALLOW/);
    expect(file.match(/\b(http|redis):\/\/[^\s"]+/g)).toBeNull();
    expect(read('docker/public-host.conf')).not.toContain('http://');
    for (const [name, { environment }] of Object.entries(services))
      if (environment?.['GATEHOUSE_POSTGRES_HOST'])
        expect(environment['GATEHOUSE_POSTGRES_SSL'], name).toBe('verify');
  });

  test('Elasticsearch and Consul are asked only where their profiles are chosen', async () => {
    const chosen = composeServices(read('docker/compose.yaml'), {
      GATEHOUSE_ELASTICSEARCH_NODES: 'https://elasticsearch:9200',
      GATEHOUSE_CONSUL_URL: 'https://consul:8501',
    });
    for (const chart of ['auth-api', 'environment-api'] as const) {
      const plain = await loadEnvironment(chart, services[chart]?.environment ?? {});
      expect(plain).toMatchObject({ elasticsearch: { nodes: [] }, consul: { url: undefined } });
      const all = await loadEnvironment(chart, chosen[chart]?.environment ?? {});
      expect(all).toMatchObject({
        elasticsearch: { nodes: ['https://elasticsearch:9200'] },
        consul: { url: 'https://consul:8501' },
      });
    }
  });

  test('the public host keeps internal calls and management ports inside', () => {
    const routes = read('docker/public-host.conf');
    expect(routes).not.toMatch(/:808[12]/);
    for (const api of ['auth', 'environment'])
      expect(routes).toContain(`location /${api}/v3/internal/ { return 404; }`);
  });

  test('the calls of the operator have a port of their own, which the command line asks', () => {
    expect(read('docker/public-host.conf')).toMatch(
      /location \/auth\/v3\/ops \{\s+if \(\$server_port = 8443\) \{ return 404; \}/,
    );
    expect(services['cli']?.environment?.['GATEHOUSE_URL']).toBe('https://public-host:8444');
  });
});
