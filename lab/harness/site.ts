/** Opens what every installation in processes stands on: a folder, secrets, a register of its processes, ports and a public host. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../../tools/stack/gateway.ts';
import { choosePorts, listenerNames, type Ports } from '../../tools/stack/ports.ts';
import { createProcessRegister } from '../../tools/stack/processes/register.ts';
import type { SupervisedProgram } from '../../tools/stack/processes/supervised.ts';
import type { ServiceAddress, ServiceName } from '../../tools/stack/services.ts';
import { createFolders, statePaths } from '../../tools/stack/state/paths.ts';
import { loadSecrets } from '../../tools/stack/state/secrets.ts';
import { createComponent } from './component.ts';

export type Site = ReturnType<typeof openSite>;

/** `closers` kill its programs and remove its folder, or print the name of the folder with the logs. */
export function openSite(name: string, closers: AsyncDisposableStack, { keepsLogs = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), `gatehouse-${name}-`));
  // PostgreSQL runs under an account of its own.
  chmodSync(folder, 0o755);
  const paths = statePaths(folder);
  createFolders(paths);
  closers.defer(() => {
    if (keepsLogs) console.log(`The logs are in ${paths.logs}.`);
    else rmSync(folder, { recursive: true, force: true });
  });
  const register = createProcessRegister(paths.processes);
  closers.defer(() => register.close());
  const addComponent = (program: SupervisedProgram, logFolder = paths.logs) => {
    const component = createComponent(program, register, logFolder);
    closers.defer(() => component.kill());
    return component;
  };
  return {
    folder,
    paths,
    secrets: loadSecrets(paths),
    addComponent,
    /** Together, because none of them waits for another. */
    async startAll(programs: readonly SupervisedProgram[], logFolder = paths.logs) {
      const components = programs.map((program) => addComponent(program, logFolder));
      await Promise.all(components.map((component) => component.start()));
      return components;
    },
  };
}

/** One set of ports for each name, all different; nothing holds them when it resolves. */
export async function freePorts<const Name extends string>(
  ...names: readonly Name[]
): Promise<Record<Name, Ports>> {
  const choices = await Promise.all(names.map(async (name) => [name, await choosePorts(0)] as const));
  for (const [, { release }] of choices) await release(...listenerNames);
  return Object.fromEntries(choices.map(([name, { ports }]) => [name, ports])) as Record<Name, Ports>;
}

/** The public host of the services at these addresses. */
export function openGateway(
  port: number,
  publicUrl: string,
  addresses: Readonly<Record<ServiceName, ServiceAddress>>,
) {
  return startGateway({
    ...{ port, publicUrl },
    authApi: addresses['auth-api'].url,
    authUi: addresses['auth-ui'].url,
    environmentApi: addresses['environment-api'].url,
  });
}
