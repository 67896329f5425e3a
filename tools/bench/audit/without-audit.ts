/**
 * Loaded into a process before everything else (`node --import`): Auth API then writes no security events, or only appends them
 * and leaves the rest undone. There is no setting for that, and there must be none; a bench needs it, to know what the trail costs.
 */
import { registerHooks } from 'node:module';

/** `none`: nothing is written; `appended`: events are written by the request, and moved on by nobody. */
export const auditPartVariable = 'GATEHOUSE_BENCH_AUDIT';

const replacements: Record<string, { module: RegExp; source: string }> = {
  none: {
    module: /\/services\/auth-api\/(dist|src)\/audit\/writer\.[jt]s$/,
    source: `export const createAuditWriter = () => ({ write: async () => {}, inTransaction: async () => {} });`,
  },
  appended: {
    module: /\/services\/auth-api\/(dist|src)\/audit\/drain\.[jt]s$/,
    source: `export const createAuditDrain = () => ({ drainOnce: async () => 0, start() {}, stop: async () => {} });`,
  },
};

const replacement = replacements[process.env[auditPartVariable] ?? ''];
if (replacement !== undefined)
  registerHooks({
    load(url, context, nextLoad) {
      if (!replacement.module.test(url)) return nextLoad(url, context);
      return { format: 'module', source: replacement.source, shortCircuit: true };
    },
  });
