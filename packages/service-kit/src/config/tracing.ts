/** Where traces go. */
import { z } from 'zod';
import { setting } from './setting.ts';

export const tracingSettings = {
  endpoint: setting(z.url({ protocol: /^https?$/ }).optional(), {
    env: 'GATEHOUSE_TRACING_ENDPOINT',
    doc: 'Address that receives traces by OTLP over HTTP (JSON). Without it nothing is traced, at no cost.',
    example: 'http://collector.example:4318/v1/traces',
  }),
  sampleRatio: setting(z.coerce.number().min(0).max(1).default(0.1), {
    env: 'GATEHOUSE_TRACING_SAMPLE_RATIO',
    doc: 'Share of requests that are traced, from 0 to 1; a caller that sends `traceparent` decides for its own requests, up to 100 a second.',
  }),
};
export type TracingConfig = { endpoint: string | undefined; sampleRatio: number };
