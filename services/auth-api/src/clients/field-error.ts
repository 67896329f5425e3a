/** One wrong field of a client on the wire. */
import { type AppError, badRequest } from '@gatehouse/service-kit/errors/app-error';

export function fieldError(field: string, message: string): AppError {
  return badRequest(`data.${field}: ${message}`, { problems: [{ field: `data.${field}`, message }] });
}
