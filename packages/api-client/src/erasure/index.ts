/** Names what others may use to erase a person in both APIs. */
export { type ErasurePlan, erasePerson, type NamedPerson, planErasure } from './erase-person.ts';
