/** Names what others may use of the sentences that services say. */
export {
  type ParametersOf,
  type Sentence,
  type SentenceKey,
  type SentenceParameters,
  sentences,
} from './table.ts';
