/** Follows the changes that other replicas and Environment API announce, and drops outdated caches. */
import { setTimeout as delay } from 'node:timers/promises';
import { type ChangeSubscriber, createChangeSubscriber } from '@gatehouse/service-kit/changes/subscriber';
import type { Administrators } from '../administrators/compose.ts';
import { administratorEntity } from '../administrators/service.ts';
import type { ApprovalParts } from '../approvals/compose.ts';
import type { Branding } from '../branding/compose.ts';
import type { Clients } from '../clients/compose.ts';
import type { Consents } from '../consents/compose.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import type { Core } from '../core.ts';
import type { Cors } from '../cors/compose.ts';
import type { Keys } from '../keys/compose.ts';
import { signingKeyEntity } from '../keys/signing-keys.ts';
import type { People } from '../people/compose.ts';
import type { Revocation } from '../revocation/compose.ts';
import type { Signals } from '../signals/compose.ts';
import { receiverEntity } from '../signals/receivers.ts';
import type { Sso } from '../sso/compose.ts';
import type { SsoSettingsParts } from '../sso/compose-settings.ts';
import { ssoKeyEntity } from '../sso/keys/service.ts';
import type { Tokens } from '../tokens/compose.ts';
import type { Users } from '../users/compose.ts';
import { createEnds } from './ends.ts';
import { createEndsPosition } from './ends-position.ts';
import { environmentApiProbe } from './environment-api-probe.ts';

interface ChangesDependencies {
  administrators: Administrators;
  revocation: Revocation;
  keys: Keys;
  signals: Signals;
  clients: Clients;
  consents: Consents;
  approvals: ApprovalParts;
  contactCenters: ContactCenters;
  branding: Branding;
  cors: Cors;
  people: People;
  users: Users;
  tokens: Tokens;
  ssoSettings: SsoSettingsParts;
  sso: Sso;
}

/** The start does not fail with Environment API: until the ends are known nothing is judged that they could end. */
const maxWaitMs = 5_000;

export type FollowedChanges = ReturnType<typeof composeChanges>;

export function composeChanges(core: Core, dependencies: ChangesDependencies) {
  const own = followOwnChanges(core, dependencies);
  const { subscriber: environment, ends, latest } = followEnvironmentApi(core, dependencies);
  return {
    /** For readiness. */
    assertEndsKnown: ends.assertKnown,
    environmentApiProbe: environmentApiProbe({ latest, followed: () => environment.lastSeq }),
    async start() {
      await own.start();
      await environment.start();
      ends.start();
      // A request that comes earlier could be answered by what ended while no replica ran.
      await Promise.race([ends.caughtUp(), delay(maxWaitMs, undefined, { ref: false })]);
    },
    async close() {
      environment.stop();
      own.stop();
      await ends.close();
    },
  };
}

/** Follows changes of administrators, clients and keys by the replicas of Auth API. */
function followOwnChanges(core: Core, dependencies: ChangesDependencies): ChangeSubscriber {
  const { kit, keyspace, changes } = core;
  const { administrators, keys, signals, clients, tokens, sso } = dependencies;
  const reloadSsoKeys = () => {
    sso.keys
      .reload()
      .catch((error) => kit.log.warn({ err: error }, 'the keys of single sign-on could not be read again'));
  };
  const reloadReceivers = () => {
    signals.receivers
      .reload()
      .catch((error) => kit.log.warn({ err: error }, 'the receivers of signals could not be read again'));
  };
  return createChangeSubscriber({
    redis: core.openRedis(),
    channel: keyspace.name('changes:auth'),
    latest: changes.latest,
    since: changes.since,
    onChange: ({ entity, id }) => {
      if (entity === administratorEntity) administrators.known.forget();
      if (entity === signingKeyEntity) void keys.service.reload();
      if (entity === ssoKeyEntity) reloadSsoKeys();
      if (entity === receiverEntity) reloadReceivers();
      if (entity !== 'client') return;
      clients.verifier.forget();
      void tokens.lateTokens.forget(id);
    },
    onGap: () => {
      administrators.known.forget();
      void keys.service.reload();
      clients.directory.dropAll();
      clients.verifier.forget();
      reloadSsoKeys();
      reloadReceivers();
    },
    log: kit.log,
  });
}

/** Follows changes of contact centres, environments, settings and origins by Environment API. */
function followEnvironmentApi(core: Core, dependencies: ChangesDependencies) {
  const { kit, keyspace } = core;
  const {
    branding,
    cors,
    people: { persons },
  } = dependencies;
  const { environmentApi, service: contactCenters } = dependencies.contactCenters;
  const users = dependencies.users.service;
  const ssoSettings = dependencies.ssoSettings.service;
  const latest = async () => (await environmentApi.changesSince(0, 1)).latest;
  const ends = createEnds({
    revocations: dependencies.revocation.revocations,
    contactCenters,
    async forgetDeleted(ids) {
      if (!core.isWritable) return;
      for (const id of ids) {
        // One that was only switched off may be active again.
        if ((await contactCenters.find(id)) !== undefined) continue;
        const { administrators, approvals, consents, signals } = dependencies;
        const stored = [administrators.service, approvals.userCodes, consents.service, signals.receivers];
        await Promise.all(stored.map((one) => one.forgetContactCenter(id)));
      }
    },
    position: createEndsPosition(core.pool, core.isWritable),
    changesSince: environmentApi.changesSince,
    location: core.location,
    now: core.now,
    trust: core.trust,
    log: kit.log,
  });
  const subscriber = createChangeSubscriber({
    redis: core.openRedis(),
    channel: keyspace.name('changes:environment'),
    latest,
    since: async (seq) => (await environmentApi.changesSince(seq)).changes,
    onChange: (change) => {
      // A person is no part of what is kept of the contact centre.
      if (isOfPerson(change)) persons.applyChange(change);
      // Of a group its people are told, one by one.
      else if (change.entity !== 'person-group') {
        contactCenters.applyChange(change);
        branding.views.applyChange(change);
        ssoSettings.applyChange(change);
      }
      // After the copies were dropped: what is issued from now on goes by the new state.
      ends.apply(change);
      if (change.entity === 'cors') cors.stored.drop();
      if (change.entity !== 'environment') return;
      users
        .follow(change.id)
        .catch((error) =>
          kit.log.warn({ err: error, environmentId: change.id }, 'an environment could not be followed'),
        );
    },
    onGap: () => {
      contactCenters.applyGap();
      branding.views.applyGap();
      persons.applyGap();
      ssoSettings.applyGap();
      ends.catchUp();
      cors.stored.drop();
      // It is unknown which environments changed, so the links of all are updated.
      void users.warmUp();
    },
    log: kit.log,
  });
  return { subscriber, ends, latest };
}

function isOfPerson({ entity }: { entity: string }): boolean {
  return entity === 'person' || entity === 'person-end';
}
