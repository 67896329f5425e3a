/** Orders the targets of SRV records for attempts (RFC 2782, "Usage rules"). */

export interface SrvRecord {
  name: string;
  port: number;
  /** Lower first. */
  priority: number;
  /** Share of the clients that start with this target among those of its priority; 0 comes last. */
  weight: number;
}

/** All records, best first. `random` is uniform in [0, 1). */
export function orderSrvRecords(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.flatMap((priority) =>
    drawByWeight(
      records.filter((record) => record.priority === priority),
      random,
    ),
  );
}

function drawByWeight(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  // RFC 2782: targets of weight 0 stand first, so that only a random 0 chooses them.
  const left = [...records].sort((a, b) => a.weight - b.weight);
  const drawn: SrvRecord[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0);
    const chosen = Math.floor(random() * (total + 1));
    let running = 0;
    const index = left.findIndex(({ weight }) => {
      running += weight;
      return running >= chosen;
    });
    drawn.push(...left.splice(Math.max(0, index), 1));
  }
  return drawn;
}
