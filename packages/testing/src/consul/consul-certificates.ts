/** Certificates as Consul's own program makes them: an authority, a server's and a client's. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface ConsulCertificates {
  caFile: string;
  serverCertFile: string;
  serverKeyFile: string;
  clientCertFile: string;
  clientKeyFile: string;
  /** Name in the server's certificate, beside localhost and 127.0.0.1. */
  serverName: string;
}

/** Writes the files into the folder. */
export async function createConsulCertificates(program: string, folder: string): Promise<ConsulCertificates> {
  const run = (...args: string[]) => promisify(execFile)(program, ['tls', ...args], { cwd: folder });
  await run('ca', 'create');
  await run('cert', 'create', '-server', '-dc', 'dc1');
  await run('cert', 'create', '-client');
  return {
    caFile: join(folder, 'consul-agent-ca.pem'),
    serverCertFile: join(folder, 'dc1-server-consul-0.pem'),
    serverKeyFile: join(folder, 'dc1-server-consul-0-key.pem'),
    clientCertFile: join(folder, 'dc1-client-consul-0.pem'),
    clientKeyFile: join(folder, 'dc1-client-consul-0-key.pem'),
    serverName: 'server.dc1.consul',
  };
}
