/** Describes a store that can fail over, and what is done to it. */
import type { ChaosStack, StackChange } from '../../harness/installation.ts';
import type { Allowance } from '../../harness/verdict.ts';

export interface FailOver extends Allowance {
  name: string;
  begin(): Promise<unknown>;
  /** Brings back what was broken; resolves when the store is whole again. */
  end(): Promise<unknown>;
  /** Asks the store afterwards for facts that it alone can tell. */
  inspect?(): Promise<Findings>;
}

export interface Findings {
  /** The parts that were kept, in words. */
  kept: readonly string[];
  /** Findings that must not be. */
  faults: readonly string[];
}

export interface Store {
  /** The change of the installation that makes it use the store. */
  change: StackChange;
  /** Prepares the store beside the running installation, and says what can be done to it. */
  failOvers(stack: ChaosStack): Promise<FailOver[]>;
}
