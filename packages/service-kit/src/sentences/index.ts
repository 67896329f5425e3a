/** Names what others may use of sentences with parameters. */
export { type SaidText, saidAbout, saidIn } from './said-in.ts';
export { type Said, say, sayFound, wordsOf } from './say.ts';
export { readerOf } from './texts.ts';
