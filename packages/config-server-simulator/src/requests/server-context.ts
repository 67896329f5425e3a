/** Defines what the request handlers of one server share: its state, its objects, its connections. */
import { CfgOperationalMode } from '@gatehouse/people-directory';
import type { LinkContext } from '../connections/client-link.ts';
import type { SessionRegistry } from '../connections/session-registry.ts';
import type { Authenticator } from '../security/authenticator.ts';
import type { ObjectStore } from '../store/object-store.ts';

export interface ServerContext extends LinkContext {
  readonly store: ObjectStore;
  readonly authenticator: Authenticator;
  readonly sessions: SessionRegistry;
  readonly state: ServerState;
}

export type ServerRole = 'primary' | 'backup' | 'proxy';

export class ServerState {
  readonly name: string;
  role: ServerRole;
  /** Rises with every switchover. */
  epoch: number;
  #operationalMode: number = CfgOperationalMode.full;
  readonly #onModeChanged: (mode: number) => void;

  constructor(options: {
    name: string;
    role: ServerRole;
    epoch: number;
    onModeChanged: (mode: number) => void;
  }) {
    this.name = options.name;
    this.role = options.role;
    this.epoch = options.epoch;
    this.#onModeChanged = options.onModeChanged;
  }

  get operationalMode(): number {
    return this.#operationalMode;
  }

  set operationalMode(mode: number) {
    if (mode === this.#operationalMode) return;
    this.#operationalMode = mode;
    this.#onModeChanged(mode);
  }

  /** Whether clients may change anything here. */
  get takesChanges(): boolean {
    return this.role === 'primary' && this.#operationalMode !== CfgOperationalMode.readOnly;
  }
}
