/** scim2-tester, which nobody here wrote, finds nothing at our SCIM but what the guide names: RFC 7643 leaves it open. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { freePort } from '@gatehouse/testing/network';
import { findProgram, temporaryFolder } from '@gatehouse/testing/programs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';
import { createScimClient } from './scim-client.ts';

/** With the libraries that it reads answers by. */
const packages = ['scim2-tester[httpx2]==0.5.2', 'scim2-client==0.13.2', 'scim2-models==0.12.3'];

/** What the guide names. `display`: a member has the name of its user, and not what a caller calls it. */
const open = ['check_add_attribute', 'check_replace_attribute'];

interface Found {
  version: string;
  /** Names of the checks. */
  passed: string[];
  findings: [check: string, resource: string, reason: string][];
}

const python = findProgram('python3');
const isNewEnough =
  python !== undefined &&
  spawnSync(python, ['-c', 'import sys, ensurepip; assert sys.version_info >= (3, 10)']).status === 0;

/** Not `spawnSync`: the service that is asked runs in this process. */
async function run(program: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([child.stdout.toArray(), once(child, 'exit')]);
  if (code !== 0) throw new Error(`${program} ${args[0]} ended with ${code}`);
  return Buffer.concat(output).toString();
}

describe.skipIf(!isNewEnough)('scim2-tester (needs Python 3.10 with venv)', () => {
  let api: RunningApi;
  let folder: string;
  let found: Found;
  beforeAll(async () => {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const [environmentApi, place] = await Promise.all([
      startApi({
        env: { GATEHOUSE_PUBLIC_URL: origin, GATEHOUSE_ALLOW_PLAINTEXT_PUBLIC_URL: 'true' },
        // It makes its own passwords, names and everything else.
        sendsGeneratedTexts: true,
      }),
      temporaryFolder(),
    ]);
    [api, folder] = [environmentApi, place];
    await run(python ?? '', ['-m', 'venv', folder]);
    await run(join(folder, 'bin/pip'), ['install', '--quiet', ...packages]);
    const { base, key } = await createScimClient(api);
    await api.app.listen({ host: '127.0.0.1', port });
    const program = join(import.meta.dirname, 'scim-tester.py');
    const env = { SCIM_URL: `${origin}/environment/v3${base}`, SCIM_KEY: key };
    found = JSON.parse(await run(join(folder, 'bin/python'), [program], env));
  }, 240_000);
  afterAll(async () => {
    await api?.close();
    if (folder) rmSync(folder, { recursive: true });
  });
  recordForeignSoftware(
    'scim2-tester',
    'passes its checks of SCIM but those that the RFCs leave open',
    () => found.version,
  );

  it('finds nothing that the RFCs settle', () => {
    const settled = found.findings.filter(
      ([check, resource, reason]) =>
        !(open.includes(check) && resource === 'Group' && reason.startsWith("Attribute 'members' was not")),
    );
    expect(settled).toEqual([]);
  });

  it('makes all its checks', () => {
    expect(found.passed).toEqual(
      expect.arrayContaining([
        'service_provider_config_endpoint',
        'random_url',
        'object_creation',
        'object_query_without_id',
        'search_with_attributes',
        'object_replacement',
        'object_deletion',
        'check_add_attribute',
        'check_remove_attribute',
        'check_replace_attribute',
      ]),
    );
  });

  it('is of the version that the guide names, with the findings that it names', () => {
    const guide = new URL('../../../docs/guides/entra-scim.md', import.meta.url);
    const text = readFileSync(guide, 'utf8');
    expect(text).toContain(`scim2-tester ${found.version}`);
    for (const [check] of found.findings) expect(text).toContain(`\`${check}\``);
  });
});
