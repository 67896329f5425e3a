/** `conformance`: whether a server keeps to the protocol. */
import { readFileSync } from 'node:fs';
import { examine } from '../conformance/examine.ts';
import { type ConnectionValues, parseServer } from './connection-options.ts';
import type { Output } from './output.ts';

export interface ConformanceOptions {
  connection: ConnectionValues;
  accountPassword: string;
  user: { userName: string; password: string };
}

/** The exit code: 0 when every check is passed, else 1. */
export async function conformance(options: ConformanceOptions, output: Output): Promise<number> {
  const { server, application, account, ca, cert, key, 'server-name': servername } = options.connection;
  const { host, port } = parseServer(server[0] ?? '');
  const file = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path));
  const tls = ca === undefined ? undefined : { ca: file(ca), cert: file(cert), key: file(key), servername };
  const subject = {
    target: { host, port, tls },
    application,
    account: { userName: account, password: options.accountPassword },
    user: options.user,
  };
  const results = await examine(subject, ({ name, failure }) =>
    output.line(failure === undefined ? `  passed  ${name}` : `  FAILED  ${name}: ${failure}`),
  );
  const failed = results.filter(({ failure }) => failure !== undefined);
  output.record({ passed: results.length - failed.length, failed: failed.length, failures: failed });
  return failed.length === 0 ? 0 : 1;
}
