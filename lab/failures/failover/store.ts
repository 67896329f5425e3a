/** Describes a store that can fail over, and what is done to it. */
import type { ChaosStack, StackChange } from '../../harness/installation.ts';
import type { Allowance } from '../../harness/verdict.ts';

export interface FailOver extends Allowance {
  name: string;
  begin(): Promise<unknown>;
  /** Brings back what was broken; resolves when the store is whole again. */
  end(): Promise<unknown>;
  /** What the store alone can tell of it afterwards. */
  inspect?(): Promise<Findings>;
}

export interface Findings {
  /** What of it was kept, in words. */
  kept: readonly string[];
  /** What must not be. */
  faults: readonly string[];
}

export interface Store {
  /** What the installation needs to use it. */
  change: StackChange;
  /** Prepares the store beside the running installation, and says what can be done to it. */
  failOvers(stack: ChaosStack): Promise<FailOver[]>;
  close(): Promise<void>;
}
