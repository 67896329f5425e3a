/**
 * Loaded into a process before everything else (`node --import`): Auth API then writes no security events, or only appends them
 * and leaves the rest undone. There is no setting for that, and there must be none; a bench needs it, to know what the trail costs.
 */
import { registerHooks } from 'node:module';

/** `none`: nothing is written; `appended`: events are written by the request, and moved on by nobody. */
export const auditPartVariable = 'GATEHOUSE_BENCH_AUDIT';

const replacements: Record<string, { module: RegExp; source: string }> = {
  none: {
    module: /\/services\/auth-api\/dist\/audit\/writer\.js$/,
    source: `export const createAuditWriter = () => ({ write: async () => {}, inTransaction: async () => {} });`,
  },
  appended: {
    module: /\/services\/auth-api\/dist\/audit\/drain\.js$/,
    source: `export const createAuditDrain = () => ({ drainOnce: async () => 0, start() {}, stop: async () => {} });`,
  },
};

/** Holds all modules in one, so the modules themselves run in its place, whatever is measured. */
const bundle = /\/services\/auth-api\/dist\/bundle\/main\.js$/;

const part = process.env[auditPartVariable];
if (part !== undefined && bundle.test(process.argv[1] ?? '')) {
  const replacement = replacements[part];
  let isReplaced = replacement === undefined;
  registerHooks({
    load(url, context, nextLoad) {
      if (bundle.test(url))
        return { format: 'module', source: `await import('../main.js');`, shortCircuit: true };
      if (!replacement?.module.test(url)) return nextLoad(url, context);
      isReplaced = true;
      return { format: 'module', source: replacement.source, shortCircuit: true };
    },
  });
  process.once('exit', () => {
    if (!isReplaced && process.argv[2] === undefined)
      throw new Error(`${auditPartVariable}: nothing was replaced`);
  });
}
