/** Carries a result out of a transaction that must be rolled back. */
export class RolledBack<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super('the transaction is rolled back');
    this.result = result;
  }
}
