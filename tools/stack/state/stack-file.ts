/** Writes stack.json, which describes the running stack to scripts and exists only while it runs. */
import { rmSync } from 'node:fs';
import type { DemoClient, DemoUser } from '../provisioning/demo.ts';
import type { FactorUser } from '../provisioning/second-factor.ts';
import type { ServiceAddress, ServiceName } from '../services.ts';
import { writePrivateFile } from './private-file.ts';

export interface StackDescription {
  publicUrl: string;
  /** Where the gateway listens: the public host, reached from this machine. */
  localUrl: string;
  /** The authority to trust there, with `--tls`. */
  caFile?: string | undefined;
  services: Record<ServiceName, ServiceAddress>;
  ops: { username: string; password: string };
  clients: Pick<DemoClient, 'client_id' | 'client_secret' | 'authorizedGrantTypes' | 'redirectURIs'>[];
  users: DemoUser[];
  environmentId: string;
  contactCenterId: string;
  /** With `--second-factor`: the people of the contact centre that requires one. */
  secondFactorUsers?: FactorUser[] | undefined;
  /** Absent where the people are in the people store. */
  configServer?: { host: string; port: number } | undefined;
  postgresUrl: string;
  redisUrl: string;
}

export function writeStackFile(path: string, description: StackDescription): void {
  const clients = description.clients.map(
    ({ client_id, client_secret, authorizedGrantTypes, redirectURIs }) => ({
      client_id,
      client_secret,
      authorizedGrantTypes,
      redirectURIs,
    }),
  );
  writePrivateFile(path, `${JSON.stringify({ ...description, clients }, null, 2)}\n`);
}

export function removeStackFile(path: string): void {
  rmSync(path, { force: true });
}
