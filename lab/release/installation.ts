/** Installs the release from its registry, and asks it what its callers ask. */
import type { Step } from '../cluster/step.ts';

export const installSteps: Step[] = [];
