/** Describes the examined server and its accounts, and builds checks on a connection to it. */
import type { ConfMessage } from '@gatehouse/config-server-client/wire';
import { RawConnection, type RawTarget } from './raw-connection.ts';

export interface Subject {
  target: RawTarget;
  application: string;
  account: { userName: string; password: string };
  /** A person who may log in. The checks never send a wrong password for this person. */
  user: { userName: string; password: string };
}

export interface ConformanceCheck {
  /** The behaviour of a conforming server. */
  name: string;
  run(subject: Subject): Promise<void>;
}

export function registration(subject: Subject): ConfMessage<'RequestRegisterClient'>['body'] {
  return {
    protocolVersions: [1],
    clientName: subject.application,
    clientApplicationType: 107,
    userName: subject.account.userName,
    userPassword: subject.account.password,
    host: 'conformance',
    encoding: 'utf-8',
    addp: { localTimeout: 0, remoteTimeout: 0, traceMode: 'off' },
  };
}

/** A check on a registered connection; it may use reference ids from 10 on. */
export function registered(
  name: string,
  run: (
    connection: RawConnection,
    subject: Subject,
    terms: ConfMessage<'EventClientRegistered'>['body'],
  ) => Promise<void>,
): ConformanceCheck {
  return unregistered(name, async (connection, subject) => {
    connection.send('RequestRegisterClient', registration(subject), 1);
    await run(connection, subject, await connection.expect('EventClientRegistered', 1));
  });
}

export function unregistered(
  name: string,
  run: (connection: RawConnection, subject: Subject) => Promise<void>,
): ConformanceCheck {
  return {
    name,
    async run(subject) {
      const connection = await RawConnection.open(subject.target);
      try {
        await run(connection, subject);
      } finally {
        connection.end();
      }
    },
  };
}
