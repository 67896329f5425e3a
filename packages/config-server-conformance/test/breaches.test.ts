import { describe, expect, it } from 'vitest';
import { demoServiceAccount } from '../../config-server-simulator/src/seed/demo.ts';
import { agent, startServer, watchSuite } from '../../config-server-simulator/test/harness.ts';
import { contentChecks } from '../src/content-checks.ts';
import { framingChecks } from '../src/framing-checks.ts';
import { sessionChecks } from '../src/session-checks.ts';
import { addFolder } from './folder.ts';
import { type Breach, startRuleBreaker } from './rule-breaker.ts';

watchSuite();

const checks = [...framingChecks, ...sessionChecks, ...contentChecks];
const unlimited = { registrationsPerSecondPerAddress: 1_000, registerTimeoutMs: 300 };

/** What the check called `name` finds at a server with this breach; undefined when it passes. */
async function finding(name: string, breach: Breach): Promise<string | undefined> {
  const check = checks.find((each) => each.name === name);
  expect(check, `a check called "${name}"`).toBeDefined();
  const server = await startServer({ limits: unlimited });
  await addFolder(server);
  const port = await startRuleBreaker(server.port, breach);
  const { userName, password, applicationName } = demoServiceAccount;
  const subject = {
    // Most breaches are a silence, which shows after the wait alone.
    target: { host: '127.0.0.1', port, patienceMs: Object.keys(breach).length === 0 ? 5_000 : 1_500 },
    application: applicationName,
    account: { userName, password },
    user: agent,
  };
  return check?.run(subject).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

type Case = [rule: string, check: string, breach: Breach];

/** Each server breaks one rule and keeps all others. */
const cases: Case[] = [
  [
    'answers a foreign protocol',
    'closes without a byte when the first bytes are of another protocol',
    {
      onRawRequest: (bytes) =>
        bytes[0] === 0x47 ? { reply: Buffer.from('HTTP/1.1 400\r\n\r\n') } : undefined,
    },
  ],
  [
    'ends a connection of another version without CLOSE',
    'refuses a frame of another version with CLOSE',
    { onFrame: ({ kind }) => (kind === 'close' ? 'drop' : undefined) },
  ],
  [
    'names the wrong reason when a frame is too large',
    'refuses a body over 16 KiB before registration by its header alone',
    { onFrame: (frame) => (frame.kind === 'close' ? { ...frame, code: 'normal' } : undefined) },
  ],
  [
    'takes reserved flags',
    'refuses reserved flags',
    { onRequestFrame: (frame) => frame.writeUInt16BE(frame.readUInt16BE(6) & 1, 6) },
  ],
  [
    'calls an unknown message malformed',
    'answers an unknown message with UnknownMessage and lives on',
    replaceError('UnknownMessage', 'MalformedBody'),
  ],
  [
    'ends the connection over one malformed body',
    'answers a body that breaks the restrictions with MalformedBody and lives on',
    { onFrame: (frame) => (isError(frame, 'MalformedBody') ? 'end' : undefined) },
  ],
  [
    'reads JSON without being told to',
    'refuses JSON bodies unless it was told to read them',
    {
      onAnswer: (message) =>
        message.name === 'EventError' && message.body.error === 'MalformedBody'
          ? { name: 'EventOperationalModeRead', body: { operationalMode: 1 } }
          : undefined,
    },
  ],
  [
    'says whether it was the application or the password',
    'refuses an unknown application in the same way',
    replaceError('AuthenticationFailed', 'CFGObjectNotFound'),
  ],
  [
    'registers for a version that it was not offered',
    'refuses to speak a version it was not offered',
    replaceError('Unsupported', 'InternalError'),
  ],
  [
    'answers polls with a nonce of its own',
    'answers polls before registration, with their nonce',
    { onFrame: (frame) => (frame.kind === 'pong' ? { ...frame, nonce: frame.nonce + 1n } : undefined) },
  ],
  [
    'does not poll by the new keep-alive time',
    'takes new keep-alive times on the open link, and polls by them',
    { onFrame: ({ kind }) => (kind === 'ping' ? 'drop' : undefined) },
  ],
  [
    'gives every answer the id of the first request',
    'answers each of many requests in flight under its own id',
    { onReferenceId: (refId) => (refId > 4_000_000_000 ? 4_294_967_000 : refId) },
  ],
  [
    'takes a second registration',
    'answers a second registration with AlreadyRegistered',
    replaceError('AlreadyRegistered', 'Overloaded'),
  ],
  [
    'tells an unknown user from one of another tenant',
    'gives unknown users the same error as wrong tenants',
    {
      onAnswer: (message, refId) =>
        message.name === 'EventError' && refId === 11
          ? { ...message, body: { ...message.body, description: 'the user is of another tenant' } }
          : undefined,
    },
  ],
  [
    'calls a refused password retryable',
    'gives unknown users the same error as wrong tenants',
    {
      onAnswer: (message) =>
        message.name === 'EventError'
          ? { ...message, body: { ...message.body, retryable: true } }
          : undefined,
    },
  ],
  [
    'becomes the user that it authenticates',
    'keeps the session’s own identity when it authenticates a user',
    {
      onAnswer: (message) =>
        message.name === 'EventAccountRead'
          ? { ...message, body: { ...message.body, userName: 'agent' } }
          : undefined,
    },
  ],
  [
    'counts a list wrongly',
    'answers zero objects for what does not exist',
    {
      onAnswer: (message) =>
        message.name === 'EventObjectsSent'
          ? { ...message, body: { ...message.body, total: message.body.total + 1 } }
          : undefined,
    },
  ],
  [
    'calls "not found" an error',
    'answers zero objects for what does not exist',
    {
      onAnswer: (message) =>
        message.name === 'EventObjectsSent'
          ? {
              name: 'EventError',
              body: { error: 'CFGObjectNotFound', description: 'no such person', retryable: false },
            }
          : undefined,
    },
  ],
  [
    'shows passwords in persons',
    'reads a person by user name, by the object model, without a password',
    onPersons((person) => ({ ...person, password: agent.password })),
  ],
  [
    'sends flags as booleans',
    'reads a person by user name, by the object model, without a password',
    onPersons((person) => ({ ...person, isAgent: true })),
  ],
  [
    'ignores filter keys that it does not know',
    'refuses unknown filter keys and values of the wrong kind with InvalidFilter',
    {
      onAnswer: (message) =>
        message.name === 'EventError'
          ? { name: 'EventObjectsSent', body: { total: 0, historyId: 1, truncated: false } }
          : undefined,
    },
  ],
  [
    'sends larger pages than it announced',
    'keeps its pages within their limits',
    {
      onAnswer: (message) =>
        message.name === 'EventClientRegistered'
          ? { ...message, body: { ...message.body, limits: { ...message.body.limits, pageObjects: 2 } } }
          : undefined,
    },
  ],
  [
    'reads a body of any size',
    'refuses a body over its own limit by its header alone',
    { onFrame: ({ kind }) => (kind === 'close' ? 'drop' : undefined) },
  ],
  [
    'answers what nobody waits for as if somebody did',
    'drops an unknown message that nobody waits for',
    { onRequestFrame: (frame) => frame.readUInt16BE(4) === 998 && frame.writeUInt16BE(9, 6) },
  ],
  [
    'goes on after a refused registration',
    'ends a connection whose registration it refused',
    { keepsOpen: true },
  ],
  [
    'waits for ever for a registration',
    'ends a connection that does not register in 5 s',
    { keepsOpen: true },
  ],
  [
    'takes requests without a reference id',
    'ends a connection with a request under reference id 0',
    { onRequestFrame: (frame) => frame.readUInt32BE(8) === 0 && frame.writeUInt32BE(10, 8) },
  ],
  [
    'takes events for requests',
    'ends a connection on which the client sends an event',
    { onRequestFrame: (frame) => frame.readUInt16BE(4) === 41 && frame.writeUInt16BE(40, 4) },
  ],
  [
    'takes the number of a person for that of a tenant',
    'finds the folder of a person by the number of the person, or does not know the key',
    {
      onRequestFrame: (frame) => {
        const at = frame.indexOf('person_dbid');
        if (at !== -1) frame.write('tenant_dbid', at);
      },
    },
  ],
  [
    'never says that a list was cut',
    'ends a list early when it is told to, and says so',
    {
      onAnswer: (message) =>
        message.name === 'EventObjectsSent'
          ? { ...message, body: { ...message.body, truncated: false } }
          : undefined,
    },
  ],
  [
    'sends every field, asked for or not',
    'leaves out the fields that were not asked for, but never the DBID',
    onPersons((person) => ({ ...person, state: 1 })),
  ],
  [
    'sends answers that nobody can read',
    'registers and states its terms',
    {
      onAnswer: (message) =>
        message.name === 'EventClientRegistered'
          ? { ...message, body: { ...message.body, sessionId: 7 as never } }
          : undefined,
    },
  ],
  [
    'answers any history, whoever’s it is',
    'answers a history that is not its own, or of the future, with HistoryExpired',
    {
      onAnswer: (message) =>
        message.name === 'EventError' ? { name: 'EventHistoryLogSent', body: { historyId: 0 } } : undefined,
    },
  ],
];

function replaceError(error: string, other: string): Breach {
  return {
    onAnswer: (message) =>
      message.name === 'EventError' && message.body.error === error
        ? { ...message, body: { ...message.body, error: other } }
        : undefined,
  };
}

function onPersons(change: (person: Record<string, unknown>) => Record<string, unknown>): Breach {
  return {
    onAnswer: (message) =>
      message.name === 'EventObjectsRead'
        ? { ...message, body: { ...message.body, objects: message.body.objects.map(change) } }
        : undefined,
  };
}

function isError(frame: { kind: string; message?: { name: string; body: object } }, error: string): boolean {
  return frame.message?.name === 'EventError' && (frame.message.body as { error?: string }).error === error;
}

describe('the conformance checks', () => {
  it.each(cases)('find a server that %s', async (_rule, name, breach) => {
    // A sentence, and never the time that ran out where the server did say something.
    const found = await finding(name, breach);
    expect(found).toMatch(/\w \w/);
    if (breach.onAnswer !== undefined) expect(found).not.toContain('within');
  });

  it.each([...new Set(cases.map(([, name]) => name))])(
    'pass a server that breaks nothing: %s',
    async (name) => {
      expect(await finding(name, {})).toBeUndefined();
    },
  );
});
