/** Names what others may use of the change log. */
export { diff, type FieldChanges, hiddenValue } from './field-changes.ts';
export {
  type Change,
  type ChangeLog,
  type ChangeTransaction,
  changeSchema,
  createChangeLog,
  createChangeRetention,
} from './log.ts';
