/** Names what others may use to refuse a request and to render what was thrown. */
export {
  AppError,
  type AppErrorOptions,
  badRequest,
  conflict,
  type FieldProblem,
  forbidden,
  notFound,
  preconditionFailed,
  tooManyRequests,
  unauthorized,
  unavailable,
} from './app-error.ts';
export { normalizeError } from './normalize.ts';
export { noteRefusal, refusalNoteOf, refusalReasonOf } from './refusal-note.ts';
export { envelopeErrorHandler, errorEnvelope } from './render-envelope.ts';
export { htmlErrorHandler, renderErrorPage, sendErrorPage } from './render-html.ts';
export { createErrorHandler, reportError } from './report.ts';
