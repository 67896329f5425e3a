import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RawConnection, registration } from '@gatehouse/config-server-conformance';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseConfData } from '../../src/seed/conf-data.ts';
import { demoSeed, demoServiceAccount } from '../../src/seed/demo.ts';
import { loadSeed } from '../../src/seed/load.ts';
import { parseXml } from '../../src/seed/xml.ts';
import { agent, connectTo, recordingLog, startServer, watchSuite } from '../harness.ts';

watchSuite();

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const tenantIn = (encoding: string) =>
  `<?xml version="1.0" encoding="${encoding}"?><ConfData><CfgTenant><DBID value="101"/><name value="Müller"/></CfgTenant></ConfData>`;

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

async function fileWith(name: string, content: string | Buffer): Promise<string> {
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

  it('as the README describes them are planted with everything in them', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
    const server = await startServer({ seed: await loadSeed(await fileWith('seed.yaml', example)) });
    const client = connectTo([server], { password: "the service account's" });
    const login = { userName: 'pat', password: "pat's first one" };
    await expect(client.authenticate(login)).resolves.toMatchObject({ changePasswordRequired: true });
    await expect(
      client.changePassword({ userName: 'pat', oldPassword: login.password, newPassword: 'short' }),
    ).rejects.toMatchObject({ details: { rules: ['min-length'] } });
    expect(await client.readAccessGroups({})).toMatchObject([{ groupInfo: { name: 'Supervisors' } }]);
  });

  it('from an export alone leave out types that are not kept', async () => {
    const log = recordingLog();
    const { objects } = await loadSeed(here('export.xml'), log);
    expect(objects.map(({ objectType }) => objectType)).toEqual([3, 7, 21]);
    expect(log.lines.join()).toContain('CfgSwitch');
  });

  it('from an export may hold types that have no name or no tenant, and folders of one name', async () => {
    const login = (dbid: number, code: string) =>
      `<CfgAgentLogin><DBID value="${dbid}"/><switchDBID value="101"/><loginCode value="${code}"/><state value="1"/></CfgAgentLogin>`;
    const folder = (dbid: number) =>
      `<CfgFolder><DBID value="${dbid}"/><name value="Persons"/><type value="3"/><state value="1"/></CfgFolder>`;
    const content = (second: string) =>
      `<ConfData>${login(1, '0815')}${login(2, second)}${folder(1)}${folder(2)}</ConfData>`;
    const seedOf = async (second: string) =>
      loadSeed(await fileWith('export.xml', Buffer.from(content(second))));
    const server = await startServer({ seed: await seedOf('0816') });
    expect(server.store.get(15, 2)).toMatchObject({ loginCode: '0816', switchDBID: 101 });
    expect(server.store.get(22, 2)).toMatchObject({ name: 'Persons' });
    await expect(startServer({ seed: await seedOf('0815') })).rejects.toThrow('loginCode is taken');
  });

  it.each([
    ['windows-1252', Buffer.from(tenantIn('windows-1252'), 'latin1')],
    ['UTF-16', Buffer.from(`\ufeff${tenantIn('UTF-16')}`, 'utf16le')],
    ['UTF-8', Buffer.from(`\ufeff${tenantIn('UTF-8')}`)],
  ])('from an export in %s have the names that were meant', async (_encoding, content) => {
    const { objects } = await loadSeed(await fileWith('export.xml', content));
    expect(objects).toMatchObject([{ object: { name: 'Müller' } }]);
  });

  it.each([
    ['a type that is not kept', 999, {}, 'type 999'],
    ['a DBID that is no number', 13, { DBID: '7' }, 'DBID'],
    ['a DBID below 1', 13, { DBID: -7 }, 'DBID'],
    ['a state in words', 13, { state: 'enabled' }, 'state'],
    ['an annex that is no list of pairs', 13, { userProperties: { key: 'value' } }, 'userProperties'],
    ['a name of 256 characters', 13, { name: 'x'.repeat(256) }, 'name'],
    ['more than fits a page', 13, { description: 'x'.repeat(262_144) }, 'longer than'],
    ['more levels than travel', 13, { description: nested(30) }, 'nested deeper'],
    ['what no body can hold', 13, { description: Number.NaN }, 'NaN'],
    [
      'members that are no list',
      21,
      { groupInfo: { tenantDBID: 1, name: 'g', state: 1 }, memberIDs: 5 },
      'memberIDs',
    ],
  ])(
    'with %s are refused: no client could read the list it is in',
    async (_what, objectType, fields, message) => {
      const object = { tenantDBID: 1, name: 'skill', state: 1, type: 1, ...fields };
      await expect(startServer({ seed: { objects: [{ objectType, object }] } })).rejects.toThrow(
        new RegExp(`cannot be kept: .*${message}`),
      );
    },
  );

  it('with objects as long as they may be are read in pages that keep to their limit', async () => {
    const objects = Array.from({ length: 40 }, (_, index) => ({
      objectType: 13,
      // Three bytes for each character, which has one unit in memory.
      object: { tenantDBID: 1, name: `skill ${index}`, state: 1, description: '語'.repeat(20_000) },
    }));
    const server = await startServer({ seed: { ...demoSeed, objects } });
    const connection = await RawConnection.open({ host: '127.0.0.1', port: server.port });
    onTestFinished(() => connection.end());
    const account = { ...demoServiceAccount };
    const subject = {
      target: { host: '', port: 0 },
      application: account.applicationName,
      account,
      user: agent,
    };
    connection.send('RequestRegisterClient', registration(subject), 1);
    await connection.expect('EventClientRegistered', 1);
    connection.send('RequestReadObjects', { objectType: 13, filter: {} }, 10);
    let count = 0;
    for (;;) {
      const page = await connection.answer(10);
      if (page.name !== 'EventObjectsRead') break;
      count += page.body.objects.length;
      expect(connection.answerBytes).toBeLessThanOrEqual(262_144);
    }
    expect(count).toBe(40);
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
    [
      'an encoding that nobody knows',
      'seed.xml',
      '<?xml version="1.0" encoding="x-own"?><ConfData/>',
      /encoding x-own/,
    ],
    [
      'bytes of another encoding',
      'seed.yaml',
      Buffer.from('tenants: [{name: M\xfcller}]', 'latin1'),
      /utf-8/,
    ],
    [
      'a number that is none',
      'seed.xml',
      '<ConfData><CfgSkill><userProperties><int_pair key="a" value="b"/></userProperties></CfgSkill></ConfData>',
      /int_pair a/,
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
