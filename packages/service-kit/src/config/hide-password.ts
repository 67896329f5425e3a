/** Some write their passwords into an address, in spite of the variables that there are for them. */
export function hidePassword(text: string): string {
  return text.replace(/(:\/\/[^\s/:@]*:)[^\s,]*@/g, '$1[secret]@');
}
