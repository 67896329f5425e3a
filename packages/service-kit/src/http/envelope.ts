/** The v3 envelope of a success: `status.code` is the number 0, which is all that scripts look at. */

export interface Success<T> {
  status: { code: 0 };
  data: T;
}

export function ok(): { status: { code: 0 } };
export function ok<T>(data: T): Success<T>;
export function ok<T>(data?: T): { status: { code: 0 }; data?: T } {
  return data === undefined ? { status: { code: 0 } } : { status: { code: 0 }, data };
}
