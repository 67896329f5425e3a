/** Installs a real Keycloak out of Maven Central with the machine's own Maven. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { hasMaven, installOnce, unpackArtifact } from '../../programs/maven.ts';
import type { Needed } from '../provide.ts';
import {
  findKeycloak,
  installFolder,
  keycloakVersion,
  readyMark,
  serverHome,
  whyNotRunnable,
} from './places.ts';

export const keycloak: Needed = {
  name: 'Keycloak',
  find: () => (whyNotRunnable() === undefined ? findKeycloak() : undefined),
  whyNot: () => whyNotRunnable() ?? (hasMaven() ? undefined : 'Maven is not installed'),
  step: 'installing Keycloak, once',
  install: installKeycloak,
};

/** One artifact of 177 MB. @throws Error with the end of the failed program's output */
async function installKeycloak(): Promise<string> {
  await installOnce(installFolder(), readyMark, async (folder) => {
    await unpackArtifact(`org.keycloak:keycloak-quarkus-dist:${keycloakVersion}:zip`, folder);
    chmodSync(join(serverHome(folder), 'bin/kc.sh'), 0o755);
  });
  return serverHome();
}
