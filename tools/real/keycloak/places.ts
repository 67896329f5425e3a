/** Where the Keycloak of the tests is, and the JDK that runs it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const keycloakVersion = '26.7.3';

/** This release needs it. */
const oldestJava = 21;
const javaFolder = '/usr/lib/jvm';
const root = join(import.meta.dirname, '../../..');

export function installFolder(): string {
  return join(root, '.gatehouse', `keycloak-${keycloakVersion}`);
}

export function serverHome(folder = installFolder()): string {
  return join(folder, `keycloak-${keycloakVersion}`);
}

/** Written last: a folder without it is half an installation. */
export function readyMark(folder = installFolder()): string {
  return join(folder, 'ready');
}

export function findKeycloak(): string | undefined {
  return existsSync(readyMark()) ? serverHome() : undefined;
}

/** The home of the first JDK that is new enough: those that the environment names, then those of the system. */
export function findJava(env: NodeJS.ProcessEnv = process.env, folder = javaFolder): string | undefined {
  const named = [env['JAVA_HOME_21'], env['JAVA_HOME']];
  const ofSystem = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return [...named, ...ofSystem].find((home) => home !== undefined && majorOf(home) >= oldestJava);
}

/** Why no Keycloak can run here, or undefined when one can. */
export function whyNotRunnable(): string | undefined {
  if (findJava() !== undefined) return undefined;
  return `no JDK ${oldestJava} or newer is installed (JAVA_HOME_21, JAVA_HOME and ${javaFolder} were looked at)`;
}

/** Each JDK has this file; 0 where there is none. */
function majorOf(home: string): number {
  const [release, java] = [join(home, 'release'), join(home, 'bin/java')];
  if (!existsSync(release) || !existsSync(java)) return 0;
  return Number(/^JAVA_VERSION="(\d+)/m.exec(readFileSync(release, 'utf8'))?.[1] ?? 0);
}
