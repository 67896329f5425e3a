/** Puts the operations of a bulk request in the order in which they run: after those that they refer to, wherever these stand. */

import { isObject } from '../resource.ts';
import { type BulkOperation, referencesIn } from './bulk-request.ts';

export interface BulkStep {
  /** More than one: users that are created without a password and refer to nothing, as an import has them. */
  operations: readonly BulkOperation[];
  /** A bulkId that stands for nothing, but is needed. */
  missing?: string | undefined;
}

/** `ids` grows while the steps run. `isGathered`: creations that follow each other make one step. */
export function* inOrder(
  operations: readonly BulkOperation[],
  ids: ReadonlyMap<string, string>,
  isGathered: boolean,
): Generator<BulkStep> {
  // Read once: a chain that stands in reverse is gone through as often as it has operations.
  const references = new Map(
    operations.map((operation) => [operation, [...new Set(referencesIn(operation))]]),
  );
  const missingOf = (operation: BulkOperation) => references.get(operation)?.find((id) => !ids.has(id));
  let waiting = operations;
  while (waiting.length > 0) {
    const open = new Set(waiting.flatMap(({ bulkId }) => bulkId ?? []));
    const later: BulkOperation[] = [];
    let run: BulkOperation[] = [];
    for (const operation of waiting) {
      if (isGathered && references.get(operation)?.length === 0 && isPlainCreation(operation)) {
        run.push(operation);
        continue;
      }
      if (run.length > 0) yield { operations: run };
      close(open, run);
      run = [];
      const missing = missingOf(operation);
      if (missing !== undefined && open.has(missing)) later.push(operation);
      else {
        yield { operations: [operation], missing };
        close(open, [operation]);
      }
    }
    if (run.length > 0) yield { operations: run };
    const isStuck = later.length === waiting.length;
    // They wait for each other.
    if (isStuck)
      for (const operation of later) yield { operations: [operation], missing: missingOf(operation) };
    waiting = isStuck ? [] : later;
  }
}

function close(open: Set<string>, operations: readonly BulkOperation[]): void {
  for (const { bulkId } of operations) if (bulkId !== undefined) open.delete(bulkId);
}

function isPlainCreation(operation: BulkOperation): boolean {
  const { method, endpoint, id, data } = operation;
  if (method !== 'POST' || endpoint !== 'Users' || id !== undefined || !isObject(data)) return false;
  return !Object.keys(data).some((name) => name.toLowerCase() === 'password');
}
