/** Names what others may use of the change log and of its followers. */
export { diff, type FieldChanges, hiddenValue } from './field-changes.ts';
export {
  type Change,
  type ChangeLog,
  type ChangeTransaction,
  createChangeLog,
  createChangeRetention,
} from './log.ts';
export { createChangeSubscriber } from './subscriber.ts';
