/** Composes the trace of refused requests: what observes them, writes them, and shows them to administrators. */
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import type { App } from '@gatehouse/service-kit/http';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import { keptDays, sweepEveryMs } from './bounds.ts';
import { observeRefusals } from './observe.ts';
import { refusalRoutes } from './routes.ts';
import {
  type ClientOfRefusals,
  countRefusals,
  countRefusalsOf,
  deleteRefusalsOf,
  exampleRefusals,
  findRefusals,
  forgetContactCenter,
  type RefusalFilter,
  sweepRefusals,
} from './store.ts';
import { createRefusalWriter } from './writer.ts';

export type Refusals = ServicesOf<typeof composeRefusals>;

const shownOfReason = 3;

export function composeRefusals(core: Core, { clients: { directory } }: { clients: Clients }) {
  const { pool, writer: primary, now, log, trust, isWritable } = core;
  const writer = createRefusalWriter({ pool: primary, directory, now, log });
  const sweep = () => sweepRefusals(primary);
  const sweeps = createRepeatingWork({
    log,
    when: trust,
    intervalMs: sweepEveryMs,
    failing: 'old refused requests could not be deleted',
    recovered: 'old refused requests are deleted again',
    async round() {
      await sweep();
      return false;
    },
  });
  /** Those of this replica are shown at once. */
  const settled = () => writer.flush().catch(() => undefined);
  const services = {
    /** Call it before routes are added. */
    observe: (app: App) => observeRefusals(app, writer.record),
    flush: writer.flush,
    sweep,
    /** Newest first. */
    async find(filter: RefusalFilter) {
      await settled();
      return findRefusals(pool, filter);
    },
    /** For how many days something is kept. */
    keptDays,
    /** Of the requests with these correlation ids. */
    async countOf(correlationIds: readonly string[]) {
      await settled();
      return countRefusalsOf(pool, correlationIds);
    },
    async forgetOf(correlationIds: readonly string[]) {
      await settled();
      return deleteRefusalsOf(primary, correlationIds);
    },
    /** By reason, the latest first, each with its newest examples. */
    async ofClient(client: ClientOfRefusals) {
      await settled();
      const [counts, examples] = await Promise.all([
        countRefusals(pool, client),
        exampleRefusals(pool, client, shownOfReason),
      ]);
      return counts.map((count) => ({
        ...count,
        examples: examples.filter(({ reason }) => reason === count.reason),
      }));
    },
  };
  return {
    services,
    mounts: [['operators', '/auth/v3/ops/refusals', (app) => refusalRoutes(app, services)]],
    follows: { deletedContactCenter: (id) => forgetContactCenter(primary, id) },
    work() {
      writer.start();
      if (isWritable) sweeps.start();
    },
    close: () => Promise.all([writer.stop(), sweeps.stop()]),
  } satisfies Domain;
}
