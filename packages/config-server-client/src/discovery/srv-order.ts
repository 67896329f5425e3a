/** In which order the targets of SRV records are tried (RFC 2782, "Usage rules"). */

export interface SrvRecord {
  name: string;
  port: number;
  /** Lower first. */
  priority: number;
  /** Share of the clients that should start with this one among its equals; 0 is a last choice. */
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
  // Those without weight first, as the RFC has it: the running sum reaches them only when it starts at zero.
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
