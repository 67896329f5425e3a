/** Changes one value of an object's annex without touching the rest. */
import type { KeyValueList } from '@gatehouse/config-server-client/model/key-value-list';

/** A copy with `section`/`key` set, or taken out when `value` is undefined; order is kept. */
export function withAnnexValue(
  annex: KeyValueList,
  section: string,
  key: string,
  value: string | number | undefined,
): KeyValueList {
  const existing = annex.find(([name]) => name === section)?.[1];
  const pairs: KeyValueList = Array.isArray(existing) ? existing : [];
  const others = pairs.filter(([name]) => name !== key);
  const next: KeyValueList = value === undefined ? others : [...others, [key, value]];
  if (existing === undefined) return value === undefined ? annex : [...annex, [section, next]];
  return annex.map(([name, list]) => (name === section ? [name, next] : [name, list]));
}
