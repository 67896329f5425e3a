/** Describes the figures that a run of the comparison yields for one server and one kind of work. */

/** Beside the rows of the benchmark. */
export const loginRowName = 'login';
/** Beside the peers. */
export const ours = 'Gatehouse';
/** Beside the servers, in each row but the login. */
export const formPost = 'form post';

export interface Figure {
  row: string;
  server: string;
  perSecond: number;
  /** CPU time of the server's processes for one request or login. */
  cpuUs: number;
  p50Ms: number;
  p99Ms: number;
  /** Others disturbed every round of it. */
  isHint: boolean;
}
