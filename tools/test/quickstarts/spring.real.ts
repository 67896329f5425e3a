/** Maven fetches Spring Boot and both programs are compiled: too slow for `npm test`. */
import { runQuickstarts } from './programs.ts';

runQuickstarts(['Spring']);
