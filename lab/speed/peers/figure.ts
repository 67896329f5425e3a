/** Describes the figures that a run of the comparison yields for one server and one kind of work. */
import type { Figures } from '../rounds.ts';

/** Beside the rows of the benchmark. */
export const loginRowName = 'login';
/** Beside the peers. */
export const ours = 'Gatehouse';
/** Beside the servers, in each row but the login. */
export const formPost = 'form post';

export interface Figure extends Figures {
  row: string;
  server: string;
}
