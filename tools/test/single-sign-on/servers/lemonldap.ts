/** LemonLDAP::NG of the Debian package under Starman: its configuration is in a folder of its own. */
import { spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeProviderKey, type ProviderKey } from '@gatehouse/testing/keys';
import { freePort } from '@gatehouse/testing/network';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { answers } from '../../../stack/services.ts';
import type { Visit } from '../stage.ts';
import { type Server, startServer } from './server.ts';

const installedIn = '/usr/share/lemonldap-ng/portal';
const modules = [
  '-MLemonldap::NG::Portal::Main',
  '-MLasso',
  '-MXML::Simple',
  '-MIO::String',
  '-MString::Random',
  '-e1',
];

export const isLemonldapInstalled = spawnSync('perl', modules).status === 0;

/** One of the people of its demonstration: the password is the name. */
const userName = 'dwho';

export interface Lemonldap {
  /** Also its name as an OpenID Connect provider. */
  readonly url: string;
  /** Another address each time: what was read is kept by address. */
  metadataUrl(): string;
  /** Where it does what, with its keys at another address each time: how often keys are read again is counted by address. */
  endpoints(): { authorizationEndpoint: string; tokenEndpoint: string; jwksUri: string };
  /** Signs with a new key from now on, and names it alone. */
  rollOver(): Promise<void>;
  close(): Promise<void>;
}

export interface LemonldapOptions {
  /** As Gatehouse gives it out. */
  ourMetadata: string;
  client: { id: string; secret: string; redirectUri: string; postLogoutRedirectUri: string };
  /** Name and address of the person as Gatehouse knows them. */
  person: { userName: string; email: string };
}

export async function startLemonldap(options: LemonldapOptions): Promise<Lemonldap> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  for (const name of ['configuration', 'sessions', 'persistent', 'locks', 'cache'])
    await mkdir(join(folder, name));
  await writeFile(join(folder, 'lemonldap-ng.ini'), localConfiguration(folder));
  await writeFile(join(folder, 'portal.psgi'), application(options.person));

  const start = async (): Promise<Server> => {
    const settings = configuration(folder, url, makeProviderKey(), options);
    await writeFile(join(folder, 'configuration/lmConf-1.json'), JSON.stringify(settings));
    return startServer({
      program: 'starman',
      // Several processes: a browser keeps connections open that it may never use.
      args: ['--listen', `127.0.0.1:${port}`, '--workers', '4', join(folder, 'portal.psgi')],
      env: { LLNG_DEFAULTCONFFILE: join(folder, 'lemonldap-ng.ini') },
      isUp: () => answers(`${url}/saml/metadata`),
    });
  };
  let server = await start();
  let asked = 0;
  return {
    url,
    metadataUrl() {
      asked += 1;
      return `${url}/saml/metadata?asked=${asked}`;
    },
    endpoints() {
      asked += 1;
      const below = `${url}/oauth2`;
      return {
        authorizationEndpoint: `${below}/authorize`,
        tokenEndpoint: `${below}/token`,
        jwksUri: `${below}/jwks?asked=${asked}`,
      };
    },
    async rollOver() {
      await server.close();
      server = await start();
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function answerLemonldap({ page }: Visit): Promise<void> {
  await page.locator('input[name=user]').fill(userName);
  await page.locator('input[name=password]').fill(userName);
  await page.locator('input[name=password]').press('Enter');
}

function localConfiguration(folder: string): string {
  return `[all]
logLevel = warn
[configuration]
type = File
dirName = ${folder}/configuration
[portal]
staticPrefix = /static
templateDir = ${installedIn}/templates
languages = en
`;
}

/**
 * The person of the demonstration gets the name and the address that Gatehouse looks for. The portal wants some captcha,
 * also where none is shown; its own draws pictures by packages that nobody needs here.
 */
function application({ userName: uid, email }: LemonldapOptions['person']): string {
  return `use Plack::App::File;
use Plack::Builder;
use Lemonldap::NG::Portal::Main;
use Lemonldap::NG::Portal::UserDB::Demo;
package Lemonldap::NG::Portal::Captcha::None { use Mouse; extends 'Lemonldap::NG::Common::Module'; sub init { 1 } }
$INC{'Lemonldap/NG/Portal/Captcha/None.pm'} = 1;
$Lemonldap::NG::Portal::UserDB::Demo::demoAccounts{'${userName}'} = { uid => '${uid}', cn => 'Ada', mail => '${email}' };
my $portal = Lemonldap::NG::Portal::Main->run({});
builder {
  mount '/static' => Plack::App::File->new(root => '${installedIn}/htdocs/static')->to_app;
  mount '/javascript' => Plack::App::File->new(root => '/usr/share/javascript')->to_app;
  mount '/' => $portal;
};
`;
}

function configuration(
  folder: string,
  url: string,
  { privateKey, certificate }: ProviderKey,
  { ourMetadata, client }: LemonldapOptions,
): Record<string, unknown> {
  const sessions = (name: string) => ({
    Directory: join(folder, name),
    LockDirectory: join(folder, 'locks'),
    generateModule: 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256',
  });
  return {
    cfgNum: 1,
    cfgDate: Math.floor(Date.now() / 1000),
    cfgVersion: '2.0.0',
    portal: `${url}/`,
    domain: 'localhost',
    // Its own choice beside SAML is None, which browsers take over https alone.
    sameSite: 'Lax',
    key: 'a key of the tests',
    authentication: 'Demo',
    userDB: 'Same',
    passwordDB: 'Null',
    captcha: '::Captcha::None',
    demoExportedVars: { cn: 'cn', mail: 'mail', uid: 'uid' },
    globalStorage: 'Apache::Session::File',
    globalStorageOptions: sessions('sessions'),
    persistentStorage: 'Apache::Session::File',
    persistentStorageOptions: sessions('persistent'),
    localSessionStorage: 'Cache::FileCache',
    localSessionStorageOptions: {
      namespace: 'sessions',
      cache_root: join(folder, 'cache'),
      default_expires_in: 1,
    },
    locationRules: { [`localhost:${new URL(url).port}`]: { default: 'accept' } },
    issuerDBSAMLActivation: 1,
    samlServicePrivateKeySig: privateKey,
    samlServicePublicKeySig: certificate,
    samlServiceUseCertificateInResponse: 1,
    samlServiceSignatureMethod: 'RSA_SHA256',
    samlSPMetaDataXML: { gatehouse: { samlSPMetaDataXML: ourMetadata } },
    samlSPMetaDataExportedAttributes: { gatehouse: { uid: '1;uid;;', mail: '0;email;;' } },
    samlSPMetaDataOptions: {
      gatehouse: {
        samlSPMetaDataOptionsNameIDFormat: 'persistent',
        samlSPMetaDataOptionsCheckSSOMessageSignature: 1,
        samlSPMetaDataOptionsCheckSLOMessageSignature: 1,
        samlSPMetaDataOptionsSignSSOMessage: 1,
        samlSPMetaDataOptionsSignSLOMessage: 1,
        samlSPMetaDataOptionsEncryptionMode: 'none',
      },
    },
    issuerDBOpenIDConnectActivation: 1,
    oidcServiceMetaDataIssuer: url,
    oidcServicePrivateKeySig: privateKey,
    oidcServicePublicKeySig: certificate,
    // A new name with each key.
    oidcServiceKeyIdSig: `key-${Date.now()}`,
    oidcServiceAllowAuthorizationCodeFlow: 1,
    oidcRPMetaDataExportedVars: { gatehouse: { preferred_username: 'uid', email: 'mail', name: 'cn' } },
    oidcRPMetaDataOptions: {
      gatehouse: {
        oidcRPMetaDataOptionsClientID: client.id,
        oidcRPMetaDataOptionsClientSecret: client.secret,
        oidcRPMetaDataOptionsRedirectUris: client.redirectUri,
        oidcRPMetaDataOptionsPostLogoutRedirectUris: client.postLogoutRedirectUri,
        oidcRPMetaDataOptionsIDTokenSignAlg: 'RS256',
        oidcRPMetaDataOptionsIDTokenForceClaims: 1,
        oidcRPMetaDataOptionsRequirePKCE: 1,
        oidcRPMetaDataOptionsBypassConsent: 1,
        oidcRPMetaDataOptionsLogoutBypassConfirm: 1,
      },
    },
  };
}
