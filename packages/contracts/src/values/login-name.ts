/** Names a person with the place of the sign-in, as people type it: `demo\ada`. `domain`: the first tenant name, where it is known. */
export function loginNameOf(userName: string, domain: string | undefined): string {
  return domain === undefined ? userName : `${domain}\\${userName}`;
}
