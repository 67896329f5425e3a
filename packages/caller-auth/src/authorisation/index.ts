/** Names what others may use to say and to enforce who may call what. */
export { admits, createMatrix, isDangerous, markGuarded, type Rule, type Verdict } from './matrix.ts';
