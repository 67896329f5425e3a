/** Names what others may use of sentences with parameters. */
export { type Said, say, wordsOf } from './say.ts';
export { valuesIn } from './values.ts';
