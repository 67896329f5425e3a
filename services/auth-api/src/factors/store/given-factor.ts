/** Describes an app code or a recovery code that a person has just given. */

import type { CodeKind } from '@gatehouse/contracts/values';

export interface GivenFactor {
  factor: CodeKind;
  atMs: number;
  /** In which the factor counted: a device is remembered only while it lasts. */
  epoch: number;
}

/** Where an answer comes from, as the limits see it. */
export interface AnsweringBrowser {
  /** The mark that the browser got when it gave a factor before. */
  mark?: string | undefined;
}
