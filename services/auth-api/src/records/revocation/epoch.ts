/** Gives Redis the epoch of PostgreSQL, and another one if Redis had lost it, so that every replica notices the loss. */
import { randomToken } from '@gatehouse/service-kit/crypto';
import type { RevocationStream } from './stream.ts';
import type { RevocationTable } from './table.ts';

const epochBytes = 16;
/** In no epoch of PostgreSQL. */
const besideMark = '.';

/**
 * In a region whose PostgreSQL is a standby the epoch belongs to the Redis of another region: ours is marked as one beside
 * it. `onLoss`: called when Redis had lost its epoch.
 */
export async function agreeOnEpoch(
  stream: RevocationStream,
  table: RevocationTable,
  onLoss: () => void,
): Promise<string> {
  const [kept, isStandby] = await Promise.all([table.epoch(), table.isStandby()]);
  const { epoch } = await stream.history();
  const place = isStandby ? (kept ?? '') : kept;
  if (epoch !== undefined && place !== undefined && isOf(place, epoch)) return epoch;
  if (!isStandby && kept !== undefined) onLoss();
  const agreed = isStandby
    ? `${place}${besideMark}${randomToken(epochBytes)}`
    : await table.replaceEpoch(kept, randomToken(epochBytes));
  await stream.setEpoch(agreed);
  return agreed;
}

/** Whether an epoch of Redis is the one that PostgreSQL keeps, or was made beside it. */
function isOf(kept: string, epoch: string): boolean {
  return epoch === kept || epoch.startsWith(`${kept}${besideMark}`);
}
