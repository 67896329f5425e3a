import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findJava } from '../keycloak/places.ts';

let folder: string;
let empty: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  empty = join(folder, 'empty');
  await mkdir(empty);
  for (const [name, version] of [
    ['old', '17.0.15'],
    ['named', '21.0.1'],
    ['system/newest', '25.0.3'],
    ['system/older', '11.0.2'],
  ] as const) {
    await mkdir(join(folder, name, 'bin'), { recursive: true });
    await writeFile(join(folder, name, 'bin/java'), '');
    await writeFile(join(folder, name, 'release'), `IMPLEMENTOR="Tests"\nJAVA_VERSION="${version}"\n`);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

test('the JDK of Keycloak is the first that is new enough: named ones, then those of the system', () => {
  const system = at('system');
  expect(findJava({ JAVA_HOME_21: at('named'), JAVA_HOME: at('old') }, system)).toBe(at('named'));
  expect(findJava({ JAVA_HOME: at('old') }, system)).toBe(at('system/newest'));
  expect(findJava({ JAVA_HOME_21: at('missing') }, empty)).toBeUndefined();
  expect(findJava({ JAVA_HOME: at('old') }, at('missing'))).toBeUndefined();
});
