/** Keeps what an identity provider sent of a person, for the administrator who signs in as a test: bounded, and nothing secret. */
import type { SsoTrialField } from '@gatehouse/contracts/auth-administration';

const maxFields = 50;
const maxValues = 20;
const maxLength = 200;

/** Neither of these says anything of a person. */
const hidden = /passw|secret|token|credential|private|assertion|^(at|c|s)_hash$|^nonce$|^jti$/i;

export function receivedOf(fields: Iterable<readonly [string, readonly unknown[]]>): SsoTrialField[] {
  return [...fields].slice(0, maxFields).map(([name, values]) => {
    const shownName = cut(name);
    if (hidden.test(name)) return { name: shownName, values: [], isHidden: true };
    const shown = values.slice(0, maxValues).map((value) => cut(textOf(value)));
    return {
      name: shownName,
      values: shown,
      isHidden: false,
      ...(values.length > maxValues && { isCut: true }),
    };
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** No half of a character stays. */
function cut(text: string): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '')}…`;
}
