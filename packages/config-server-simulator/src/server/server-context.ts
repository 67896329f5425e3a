/** What every connection of one simulator shares. */

import type { Clock } from '@gatehouse/config-server-client/clock';
import type { Logger } from '@gatehouse/config-server-client/log';
import type { Authenticator } from '../security/authenticator.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { FaultHooks } from './fault-hooks.ts';
import type { ServerLimits } from './limits.ts';
import type { ServerState } from './server-state.ts';
import type { SessionRegistry } from './session-registry.ts';

export interface ServerContext {
  readonly store: ObjectStore;
  readonly authenticator: Authenticator;
  readonly sessions: SessionRegistry;
  readonly state: ServerState;
  readonly limits: ServerLimits;
  readonly faults: FaultHooks;
  readonly clock: Clock;
  readonly log: Logger;
}
