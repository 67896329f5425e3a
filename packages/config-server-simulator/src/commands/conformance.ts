/** `conformance`: whether a server keeps to the protocol. */
import { examine } from '../conformance/examine.ts';
import { findObstacle } from '../conformance/obstacle.ts';
import type { Subject } from '../conformance/subject.ts';
import { type ConnectionValues, parseServer, tlsOptions } from './connection-options.ts';
import type { Output } from './output.ts';

export interface ConformanceOptions {
  connection: ConnectionValues;
  accountPassword: string;
  user: { userName: string; password: string };
}

/** The exit code: 0 when every check is passed, 1 when not, when an account is refused or nothing is said, 2 when there is no server. */
export async function conformance(options: ConformanceOptions, output: Output): Promise<number> {
  const { connection, accountPassword, user } = options;
  const { host, port } = parseServer(connection.server[0] ?? '');
  const subject: Subject = {
    target: {
      host,
      port,
      tls: tlsOptions(connection),
      allowPlaintext: connection['allow-plaintext'],
    },
    application: connection.application,
    account: { userName: connection.account, password: accountPassword },
    user,
  };
  const obstacle = await findObstacle(subject);
  if (obstacle !== undefined) {
    output.record({ error: obstacle.error, message: obstacle.message });
    return obstacle.exitCode;
  }
  const { results, obstacle: stopped } = await examine(subject, ({ name, failure }) =>
    output.line(failure === undefined ? `  passed  ${name}` : `  FAILED  ${name}: ${failure}`),
  );
  const failed = results.filter(({ failure }) => failure !== undefined);
  output.record({
    passed: results.length - failed.length,
    failed: failed.length,
    failures: failed,
    ...(stopped === undefined ? {} : { stopped: stopped.message }),
  });
  return failed.length === 0 ? 0 : 1;
}
