/** Finds out before the checks whether the server answers and accepts both accounts. */
import { ConfigServerError } from '@gatehouse/people-directory';
import { CheckFailed, NothingCame, RawConnection } from './raw-connection.ts';
import { registration, type Subject } from './subject.ts';

export interface Obstacle {
  error: string;
  message: string;
  exitCode: 1 | 2;
}

/** Repeating a refused password for each check would lock the account. */
const refusals = new Set([
  'AuthenticationFailed',
  'AccountLocked',
  'AccountExpired',
  'PasswordExpired',
  'ChangePasswordRequired',
  'TooManySessions',
]);

/** Undefined when the server accepts both accounts, or breaks the protocol in a way that the checks report. */
export async function findObstacle(subject: Subject): Promise<Obstacle | undefined> {
  let connection: RawConnection;
  try {
    connection = await RawConnection.open(subject.target);
  } catch (error) {
    if (!(error instanceof ConfigServerError)) throw error;
    return { error: error.code, message: error.message, exitCode: 2 };
  }
  try {
    return await tryAccounts(connection, subject);
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
    const isSilent = error instanceof NothingCame && connection.bytesReceived === 0;
    return isSilent ? silence(error.message) : undefined;
  } finally {
    connection.end();
  }
}

/** Each check would wait for its whole time limit. */
function silence(detail: string): Obstacle {
  return {
    error: 'RegisterTimeout',
    message: `the server takes the connection and says nothing (${detail}): nothing can be examined`,
    exitCode: 1,
  };
}

async function tryAccounts(connection: RawConnection, subject: Subject): Promise<Obstacle | undefined> {
  const { account, user } = subject;
  connection.send('RequestRegisterClient', registration(subject), 1);
  const refused = await refusalOf(connection, 1, `the service account ${account.userName}`);
  if (refused !== undefined) return refused;
  connection.send('RequestAuthenticate', { userName: user.userName, userPassword: user.password }, 2);
  return refusalOf(connection, 2, `the user ${user.userName}`);
}

async function refusalOf(
  connection: RawConnection,
  refId: number,
  who: string,
): Promise<Obstacle | undefined> {
  const answer = await connection.answer(refId);
  if (answer.name !== 'EventError' || !refusals.has(answer.body.error)) return undefined;
  const message = `${who} is refused (${answer.body.description}): nothing can be examined without it`;
  return { error: answer.body.error, message, exitCode: 1 };
}
