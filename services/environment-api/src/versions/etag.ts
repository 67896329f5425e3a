/** Entity tags of lists and of the whole estate. */

/** Tag of everything there is: what an import replaces. */
export function estateEtagOf(latestChange: number): string {
  return `"estate-${latestChange}"`;
}

/** Tag of a list: the number of the newest change there was before the list was read. */
export function listEtagOf(latestChange: number): string {
  return `W/"list-${latestChange}"`;
}
