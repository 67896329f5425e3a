/** Reads the blocks of a page that a reader pastes into a shell or stores as a file. */

export interface Block {
  /** The word behind the fence: sh, yaml, text … */
  language: string;
  text: string;
  /** Named on a line of its own above the block: the block is the content of that file. */
  file: string | undefined;
}

/** In the order of the page. */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(/(?:^`([\w./-]+)`\n\n)?^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, file, language = '', text = '']) => ({ language, text, file }),
  );
}
