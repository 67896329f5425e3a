/** Wraps a success in the v3 envelope: scripts check that `status.code` is the number 0. */

export interface Success<T> {
  status: { code: 0 };
  data: T;
}

export function ok(): { status: { code: 0 } };
export function ok<T>(data: T): Success<T>;
export function ok<T>(data?: T): { status: { code: 0 }; data?: T } {
  return data === undefined ? { status: { code: 0 } } : { status: { code: 0 }, data };
}
