/** What is measured: each row with its floor. */
import { dpopRow, jwtBearerRow, tokenExchangeRow } from './assertions.ts';
import { clientCredentialsRows } from './client-credentials.ts';
import { introspectRow } from './introspect.ts';
import { refreshRow } from './refresh.ts';
import type { Row } from './row.ts';

export const rows: readonly Row[] = [
  ...clientCredentialsRows,
  introspectRow,
  refreshRow,
  tokenExchangeRow,
  jwtBearerRow,
  dpopRow,
];
