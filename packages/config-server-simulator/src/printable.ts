/** What comes from users and servers must not command the terminal it is shown on. */

const commanding = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Control characters, those from U+0080 on as well, line ends and changes of direction become U+FFFD. */
export function printable(text: string): string {
  return text.replace(commanding, '\ufffd');
}
