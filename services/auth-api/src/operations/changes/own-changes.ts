/** Follows changes of administrators, clients and keys by the replicas of Auth API. */
import { createChangeSubscriber } from '@gatehouse/service-kit/changes';
import type { Core, Follows } from '../../core/domain.ts';

export function followOwnChanges(core: Core, follows: readonly Follows[]) {
  const { kit, keyspace, changes } = core;
  return createChangeSubscriber({
    redis: core.openRedis(),
    channel: keyspace.name('changes:auth'),
    latest: changes.latest,
    since: changes.since,
    onChange({ entity, id }) {
      for (const { own } of follows) own?.[entity]?.(id);
    },
    onGap() {
      for (const { ownGap } of follows) ownGap?.();
    },
    log: kit.log,
  });
}
