/** Maven fetches libraries and each program is compiled when it starts: too slow for `npm test`. */
import { runQuickstarts } from './programs.ts';

runQuickstarts(['Java']);
