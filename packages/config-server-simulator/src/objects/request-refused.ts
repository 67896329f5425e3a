/** Ends a request with EventError. */

import type { MessageBody } from '@gatehouse/config-server-client/wire';
import { retryableByDefault, type ServerErrorCode } from '@gatehouse/people-directory';

export interface RefusalOptions {
  objectType?: number;
  objectProperty?: string;
  retryable?: boolean;
  retryAfterMs?: number;
  details?: unknown;
}

export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly code: ServerErrorCode;
  readonly options: RefusalOptions;

  /** The client sees `description`: it must not reveal secrets, nor whether a user exists. */
  constructor(code: ServerErrorCode, description: string, options: RefusalOptions = {}) {
    super(description);
    this.code = code;
    this.options = options;
  }

  toEvent(): MessageBody<'EventError'> {
    const { retryable, ...rest } = this.options;
    return {
      error: this.code,
      description: this.message,
      retryable: retryable ?? retryableByDefault.has(this.code),
      ...rest,
    };
  }
}
