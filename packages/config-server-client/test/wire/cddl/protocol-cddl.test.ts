import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  cfgAccessGroupSchema,
  cfgPersonSchema,
  cfgRoleSchema,
  cfgTenantSchema,
} from '@gatehouse/people-directory';
import { describe, expect, it } from 'vitest';
import { type MessageName, messageCatalogue, parseMessage } from '../../../src/wire/message.ts';
import { closeBodySchema } from '../../../src/wire/messages/registration.ts';
import { decodeCbor } from '../../../src/wire/ocp/cbor-decode.ts';
import { headerBytes } from '../../../src/wire/ocp/frame.ts';
import { decodeJson } from '../../../src/wire/ocp/json.ts';
import { defaultWireLimits } from '../../../src/wire/wire-protocol.ts';
import { vectorMessages } from '../vector-messages.ts';
import { vectorFolder } from '../vectors.ts';
import { parseCddl } from './grammar.ts';
import { mismatch } from './match.ts';
import { type Path, variants } from './variants.ts';

const grammar = parseCddl(readFileSync(new URL('../../../docs/protocol.cddl', import.meta.url), 'utf8'));
const names = Object.keys(messageCatalogue) as MessageName[];

/** What no vector shows, so that every optional member is varied too. */
const fuller: Partial<Record<MessageName, object[]>> = {
  RequestRegisterClient: [{ newPassword: 'new', features: ['a'] }],
  EventClientRegistered: [{ passwordExpiresInDays: 3 }],
  EventError: [{ errorType: 1, retryAfterMs: 100, details: null }],
  EventObjectUpdated: [{ delta: { set: {}, added: { a: [1] }, deleted: { a: [2] }, passwordChanged: true } }],
  EventServerSwitchover: [{ reconnect: '192.0.2.1:8888' }],
};

const kv = [
  [
    'section',
    [
      ['key', 'value'],
      ['number', 7],
      ['bytes', new Uint8Array([1])],
    ],
  ],
];
const objects = {
  person: {
    schema: cfgPersonSchema,
    example: {
      DBID: 101,
      tenantDBID: 101,
      userName: 'agent',
      lastName: 'Agent',
      firstName: null,
      employeeID: 'E-101',
      emailAddress: '',
      externalID: null,
      isAgent: 2,
      isExternalAuth: 1,
      changePasswordOnNextLogin: 1,
      passwordHashAlgorithm: 1,
      PasswordUpdatingDate: 0,
      state: 1,
      appRanks: [{ appType: 19, appRank: 1 }],
      agentInfo: {
        placeDBID: 0,
        skillLevels: [{ skillDBID: 1, level: 3 }],
        agentLogins: [{ agentLoginDBID: 5, wrapupTime: 0 }],
        capacityRuleDBID: 0,
        siteDBID: 0,
        contractDBID: 0,
      },
      userProperties: kv,
    },
  },
  accessgroup: {
    schema: cfgAccessGroupSchema,
    example: {
      groupInfo: { DBID: 101, tenantDBID: 101, name: 'Users', state: 1, userProperties: kv },
      memberIDs: [{ CSID: 0, DBID: 101, type: 3 }],
      type: 2,
    },
  },
  tenant: {
    schema: cfgTenantSchema,
    example: {
      DBID: 101,
      name: 'demo',
      isServiceProvider: 1,
      parentTenantDBID: 1,
      chargeableNumber: null,
      state: 1,
      userProperties: kv,
    },
  },
  role: {
    schema: cfgRoleSchema,
    example: {
      DBID: 101,
      tenantDBID: 101,
      name: 'Supervisors',
      state: 1,
      members: [{ objectDBID: 101, objectType: 3 }],
      userProperties: kv,
    },
  },
  close: { schema: closeBodySchema, example: { code: 'normal', text: 'bye' } },
};

/** Readers drop unknown members, the written rule names none: the one difference that is meant. */
const isUnknownMember = (path: Path) => path.at(-1) === 'fromTheFuture';

/** The object schemas take a byte string for a structure without members; it holds nothing then. */
const isBytesForStructure = (rule: string, what: string) => rule === 'person' && what === 'agentInfo = bytes';

function expectAgreement(rule: string, codeAccepts: (body: unknown) => boolean, body: unknown) {
  expect(mismatch(grammar, rule, body), `${rule}: the example itself`).toBeUndefined();
  expect(codeAccepts(body), `${rule}: the example itself`).toBe(true);
  for (const { path, what, changed } of variants(body)) {
    const wrong = mismatch(grammar, rule, changed);
    const accepts = codeAccepts(changed);
    if ((isUnknownMember(path) || isBytesForStructure(rule, what)) && accepts) continue;
    expect(accepts, `${rule}: ${what}; CDDL: ${wrong ?? 'accepts it'}`).toBe(wrong === undefined);
  }
}

describe('protocol.cddl', () => {
  it.each(names)('describes the golden vectors of %s', (name) => {
    for (const codec of ['cbor', 'json']) {
      const body = readFileSync(join(vectorFolder, `${name}.${codec}.bin`)).subarray(headerBytes);
      const decoded = (codec === 'cbor' ? decodeCbor : decodeJson)(body, defaultWireLimits);
      expect(decoded).toHaveProperty('value');
      expect(mismatch(grammar, name, 'value' in decoded ? decoded.value : undefined)).toBeUndefined();
    }
  });

  it('describes the golden vector of CLOSE', () => {
    const body = readFileSync(join(vectorFolder, 'CLOSE.bin')).subarray(headerBytes);
    const decoded = decodeCbor(body, defaultWireLimits);
    expect(mismatch(grammar, 'close', 'value' in decoded ? decoded.value : undefined)).toBeUndefined();
  });

  it.each(names)('accepts and refuses the same variants of %s as the code', (name) => {
    const { body } = vectorMessages[name].message;
    for (const more of [{}, ...(fuller[name] ?? [])])
      expectAgreement(name, (changed) => 'message' in parseMessage(name, changed), { ...body, ...more });
  });

  it.each(Object.entries(objects))(
    'accepts and refuses the same variants of a %s as the code',
    (rule, object) => {
      expectAgreement(rule, (changed) => object.schema.safeParse(changed).success, object.example);
    },
  );

  it('has no rule that nothing uses, and none that is missing', () => {
    const source = readFileSync(new URL('../../../docs/protocol.cddl', import.meta.url), 'utf8').replace(
      /;.*/g,
      '',
    );
    const entryPoints = new Set<string>([...names, ...Object.keys(objects)]);
    for (const rule of [...grammar.types.keys(), ...grammar.groups.keys()]) {
      const uses = source.match(new RegExp(`(?<![\\w-])${rule}(?![\\w-])(?! *[=:])`, 'g'))?.length ?? 0;
      expect(uses > 0 || entryPoints.has(rule), `${rule} is used`).toBe(true);
    }
    expect(() => mismatch(parseCddl('a = { b: missing }'), 'a', { b: 1 })).toThrow('missing is not defined');
  });
});
