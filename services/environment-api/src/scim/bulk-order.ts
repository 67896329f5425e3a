/** Puts the operations of a bulk request in the order in which they run: after those that they refer to, wherever these stand. */
import { type BulkOperation, referencesIn } from './bulk-request.ts';
import { isObject } from './resource.ts';

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
  let waiting = operations;
  while (waiting.length > 0) {
    const open = new Set(waiting.flatMap(({ bulkId }) => bulkId ?? []));
    const later: BulkOperation[] = [];
    let run: BulkOperation[] = [];
    for (const operation of waiting) {
      if (isGathered && isPlainCreation(operation)) {
        run.push(operation);
        continue;
      }
      if (run.length > 0) yield { operations: run };
      close(open, run);
      run = [];
      const missing = referencesIn(operation).filter((id) => !ids.has(id));
      if (missing.length > 0 && missing.every((id) => open.has(id))) later.push(operation);
      else {
        yield { operations: [operation], missing: missing[0] };
        close(open, [operation]);
      }
    }
    if (run.length > 0) yield { operations: run };
    const isStuck = later.length === waiting.length;
    // They wait for each other.
    if (isStuck)
      for (const operation of later) yield { operations: [operation], missing: referencesIn(operation)[0] };
    waiting = isStuck ? [] : later;
  }
}

function close(open: Set<string>, operations: readonly BulkOperation[]): void {
  for (const { bulkId } of operations) if (bulkId !== undefined) open.delete(bulkId);
}

function isPlainCreation(operation: BulkOperation): boolean {
  const { method, endpoint, id, data } = operation;
  if (method !== 'POST' || endpoint !== 'Users' || id !== undefined || !isObject(data)) return false;
  return (
    !Object.keys(data).some((name) => name.toLowerCase() === 'password') &&
    referencesIn(operation).length === 0
  );
}
