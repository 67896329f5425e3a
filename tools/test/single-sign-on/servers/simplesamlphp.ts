/** SimpleSAMLphp of the Debian package under PHP's own server: its configuration is in a folder of its own. */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeProviderKey, type ProviderKey } from '@gatehouse/testing/keys';
import { freePort } from '@gatehouse/testing/network';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { answers } from '../../../stack/services.ts';
import type { Visit } from '../stage.ts';
import { type Server, startServer } from './server.ts';

const installedIn = '/usr/share/simplesamlphp';

export const isSimpleSamlInstalled = existsSync(join(installedIn, 'www'));

export interface SimpleSaml {
  /** Another address each time: what was read is kept by address. */
  metadataUrl(): string;
  readonly url: string;
  /** Signs with this key from now on, and names it alone. */
  sign(key: ProviderKey): Promise<void>;
  readonly firstKey: ProviderKey;
  /** Takes our metadata of this moment: it offers a key only where encryption is wanted. */
  read(ourMetadata: string): Promise<void>;
  /** Encrypts assertions, or no more. */
  encrypt(isOn: boolean): Promise<void>;
  close(): Promise<void>;
}

const person = { userName: 'ada', password: 'ada-password' };

/** @param ourMetadata as Gatehouse gives it out. */
export async function startSimpleSaml(ourMetadata: string, userName: string): Promise<SimpleSaml> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const url = `http://localhost:${port}/`;
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  for (const name of ['metadata', 'certificates', 'log', 'sessions', 'temporary', 'data'])
    await mkdir(join(folder, name));

  const sign = async ({ privateKey, certificate }: ProviderKey) => {
    await write('certificates/idp.pem', privateKey);
    await write('certificates/idp.crt', certificate);
  };
  const read = (text: string) => write('gatehouse.xml', text);
  const encrypt = (isOn: boolean) => write('metadata/saml20-idp-hosted.php', hostedProvider(url, isOn));

  const firstKey = makeProviderKey();
  await Promise.all([
    write('config.php', configuration(folder, url)),
    write('authsources.php', people(userName)),
    read(ourMetadata),
    sign(firstKey),
    encrypt(false),
  ]);
  const server: Server = await startServer({
    program: 'php',
    // Without the cache of compiled files, so that a changed file counts at once.
    args: ['-d', 'opcache.enable=0', '-S', `localhost:${port}`, '-t', join(installedIn, 'www')],
    env: { SIMPLESAMLPHP_CONFIG_DIR: folder, PHP_CLI_SERVER_WORKERS: '2' },
    isUp: () => answers(`${url}saml2/idp/metadata.php`),
  });
  let asked = 0;
  return {
    url,
    firstKey,
    sign,
    read,
    encrypt,
    metadataUrl() {
      asked += 1;
      return `${url}saml2/idp/metadata.php?asked=${asked}`;
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function answerSimpleSaml({ page }: Visit): Promise<void> {
  await page.locator('input[name=username]').fill(person.userName);
  await page.locator('input[name=password]').fill(person.password);
  await page.locator('input[name=password]').press('Enter');
}

function configuration(folder: string, url: string): string {
  return `<?php
$config = [
  'baseurlpath' => '${url}',
  'certdir' => '${folder}/certificates/',
  'loggingdir' => '${folder}/log/',
  'datadir' => '${folder}/data/',
  'tempdir' => '${folder}/temporary/',
  'metadatadir' => '${folder}/metadata/',
  'logging.handler' => 'file',
  'logging.level' => SimpleSAML\\Logger::INFO,
  'secretsalt' => 'a salt of the tests',
  'auth.adminpassword' => 'an administrator of the tests',
  'technicalcontact_email' => 'nobody@example.com',
  'timezone' => 'UTC',
  'enable.saml20-idp' => true,
  'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
  'store.type' => 'phpsession',
  'session.phpsession.savepath' => '${folder}/sessions',
  'session.cookie.secure' => false,
  'session.cookie.samesite' => null,
  'language.cookie.secure' => false,
  'trusted.url.domains' => null,
  'metadata.sources' => [['type' => 'flatfile'], ['type' => 'xml', 'file' => '${folder}/gatehouse.xml']],
];
`;
}

function people(userName: string): string {
  return `<?php
$config = [
  'people' => [
    'exampleauth:UserPass',
    '${person.userName}:${person.password}' => ['uid' => ['${userName}'], 'groups' => ['agents', 'everybody']],
  ],
];
`;
}

function hostedProvider(url: string, encrypts: boolean): string {
  return `<?php
$metadata['${url}idp'] = [
  'host' => '__DEFAULT__',
  'privatekey' => 'idp.pem',
  'certificate' => 'idp.crt',
  'auth' => 'people',
  'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'validate.authnrequest' => true,
  'validate.logout' => true,
  'sign.logout' => true,
  'assertion.encryption' => ${encrypts},
  'NameIDFormat' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  'authproc' => [
    3 => ['class' => 'saml:AttributeNameID', 'attribute' => 'uid', 'Format' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'],
  ],
];
`;
}
