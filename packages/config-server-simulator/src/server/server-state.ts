/** What this server is at the moment: its role, epoch and mode, and who wants to know when that changes. */
import { CfgOperationalMode } from '@gatehouse/config-server-client/model/enumerations';

export type ServerRole = 'primary' | 'backup' | 'proxy';

export class ServerState {
  readonly name: string;
  role: ServerRole;
  /** Rises with every switchover. */
  epoch: number;
  #operationalMode: number = CfgOperationalMode.full;
  readonly #modeListeners = new Set<(mode: number) => void>();

  constructor(name: string, role: ServerRole, epoch = 1) {
    this.name = name;
    this.role = role;
    this.epoch = epoch;
  }

  get operationalMode(): number {
    return this.#operationalMode;
  }

  set operationalMode(mode: number) {
    if (mode === this.#operationalMode) return;
    this.#operationalMode = mode;
    for (const listener of this.#modeListeners) listener(mode);
  }

  /** Whether clients may change anything here. */
  get takesChanges(): boolean {
    return this.role === 'primary' && this.#operationalMode !== CfgOperationalMode.readOnly;
  }

  onModeChanged(listener: (mode: number) => void): void {
    this.#modeListeners.add(listener);
  }
}
