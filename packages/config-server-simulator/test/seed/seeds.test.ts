import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseConfData } from '../../src/seed/conf-data.ts';
import { loadSeed } from '../../src/seed/load.ts';
import { parseXml } from '../../src/seed/xml.ts';
import { connectTo, startServer, watchSuite } from '../harness.ts';

watchSuite();

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

async function fileWith(name: string, content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'seed-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('seeds', () => {
  it('from an export, completed by a YAML file, make an estate that people can log in to', async () => {
    const server = await startServer({ seed: await loadSeed(here('estate.yaml')) });
    const client = connectTo([server]);
    await expect(client.authenticate({ userName: 'pat', password: 'pat-secret' })).resolves.toMatchObject({
      userDbid: 150,
      tenantDbid: 120,
    });
    await expect(client.authenticate({ userName: 'added', password: 'added-secret' })).resolves.toBeDefined();
    const [pat] = await client.readPersons({ employee_id: '0042', skill_dbid: 101 });
    expect(pat).toMatchObject({
      lastName: "O'Neil & Söhne",
      appRanks: [{ appType: 19, appRank: 5 }],
      agentInfo: { skillLevels: [{ skillDBID: 101, level: 7 }], agentLogins: [] },
      userProperties: [
        [
          'settings',
          [
            ['theme', 'dark'],
            ['size', 12],
            ['picture', new Uint8Array([0, 255])],
          ],
        ],
      ],
    });
    expect(pat).not.toHaveProperty('password');
    expect(await client.readAccessGroups({ person_dbid: 150 })).toMatchObject([
      { groupInfo: { name: 'Supervisors' } },
    ]);
  });

  it('from an export alone leave out types that are not kept', async () => {
    const { objects } = await loadSeed(here('export.xml'));
    expect(objects.map(({ objectType }) => objectType)).toEqual([3, 7, 21]);
  });

  it.each([
    ['an unknown field', 'seed.yaml', 'persons:\n  - tenant: x\n    userName: y\n    shoe: 42\n', /shoe/],
    ['broken YAML', 'seed.yaml', 'persons: [', /cannot be understood/],
    [
      'a broken export',
      'seed.xml',
      '<ConfData><CfgPerson></ConfData>',
      /line 1: <\/ConfData> closes <CfgPerson>/,
    ],
    ['another root', 'seed.xml', '<Data/>', /not <ConfData>/],
  ])('with %s are refused with a sentence', async (_name, file, content, message) => {
    await expect(loadSeed(await fileWith(file, content))).rejects.toThrow(message);
  });

  it('that name a tenant they do not describe are refused', async () => {
    const seed = { persons: [{ tenant: 'nowhere', userName: 'x' }] };
    await expect(startServer({ seed })).rejects.toThrow('tenant "nowhere"');
  });
});

describe('XML', () => {
  it.each([
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a/>'],
    ['an entity of its own', '<a b="&own;"/>'],
    ['a bare ampersand', '<a b="a & b"/>'],
    ['an impossible character', '<a b="&#xd800;"/>'],
    ['CDATA', '<a><![CDATA[x]]></a>'],
    ['an element that is not closed', '<a><b></a>'],
    ['two roots', '<a/><b/>'],
    ['nothing', ''],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['deep nesting', `${'<a>'.repeat(70)}${'</a>'.repeat(70)}`],
  ])('with %s is refused', (_name, text) => {
    expect(() => parseXml(text)).toThrow(SyntaxError);
  });

  it('cannot reach a prototype by a field name', () => {
    const hostile =
      '<ConfData><CfgTenant><__proto__><polluted value="1"/></__proto__></CfgTenant></ConfData>';
    expect(() => parseConfData(hostile)).toThrow(SyntaxError);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
