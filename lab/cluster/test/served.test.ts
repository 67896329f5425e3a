import { expect, test } from 'vitest';
import { requestsIn } from '../previous/served.ts';

test('the requests of all routes of a pod are counted, and no other metric', () => {
  const metrics = `http_request_duration_seconds_count{route="/a",status="200"} 3
http_request_duration_seconds_bucket{le="+Inf",route="/a"} 30
http_request_duration_seconds_count{route="/b",status="404"} 4
`;
  expect(requestsIn(metrics)).toBe(7);
});
