/** Names what others may use of files of people: how one is read, what it changes, and how the people store follows it. */
export { applyPlan, type Undone } from './apply.ts';
export { type Key, keys, PeopleFileError, readPeople } from './csv.ts';
export { fieldsOf, operationOf } from './fields.ts';
export {
  type Change,
  changesFor,
  type Missing,
  missingWays,
  planOf,
  selectionSteps,
  sumsOf,
} from './plan.ts';
