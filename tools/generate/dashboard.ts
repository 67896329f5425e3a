/** The Grafana dashboard of the installation, from a list of questions an operator asks. */

interface Question {
  title: string;
  /** One query a line of the panel: legend and expression. */
  lines: Readonly<Record<string, string>>;
  unit: 'reqps' | 's' | 'percentunit' | 'short' | 'bytes';
  /** Of 24 columns. */
  width: number;
}

interface Row {
  title: string;
  questions: readonly Question[];
}

const requests = 'http_request_duration_seconds';
const quantile = (q: number, metric: string, by = 'le') =>
  `histogram_quantile(${q}, sum by (${by}) (rate(${metric}_bucket[5m])))`;

/** In the order in which one looks when something is wrong. */
export const dashboardRows: readonly Row[] = [
  {
    title: 'Can people sign in?',
    questions: [
      {
        title: 'Sign-ins by outcome',
        lines: { '{{outcome}}': 'sum by (outcome) (rate(gatehouse_sign_ins_total[5m]))' },
        unit: 'reqps',
        width: 6,
      },
      {
        title: 'Links to Configuration Servers',
        lines: { '{{environment}}': 'max by (environment) (gatehouse_config_server_open)' },
        unit: 'short',
        width: 6,
      },
      {
        title: 'Environments in use, by whether people can sign in',
        lines: { '{{logins}}': 'max by (logins) (gatehouse_environment_logins)' },
        unit: 'short',
        width: 6,
      },
      {
        title: 'Slowest 1 % of Configuration Server calls',
        lines: { '{{call}}': quantile(0.99, 'gatehouse_config_server_call_duration_seconds', 'le, call') },
        unit: 's',
        width: 6,
      },
    ],
  },
  {
    title: 'Are tokens issued?',
    questions: [
      {
        title: 'Tokens by grant',
        lines: { '{{grant}}': 'sum by (grant) (rate(auth_tokens_issued_total[5m]))' },
        unit: 'reqps',
        width: 12,
      },
      {
        title: 'Time to a token',
        lines: {
          median: quantile(0.5, requests).replace('_bucket[', '_bucket{route="/auth/v3/oauth/token"}['),
          'slowest 1 %': quantile(0.99, requests).replace(
            '_bucket[',
            '_bucket{route="/auth/v3/oauth/token"}[',
          ),
        },
        unit: 's',
        width: 12,
      },
    ],
  },
  {
    title: 'Do the services answer?',
    questions: [
      {
        title: 'Requests by service and status',
        lines: { '{{job}} {{status}}': `sum by (job, status) (rate(${requests}_count[5m]))` },
        unit: 'reqps',
        width: 12,
      },
      {
        title: 'Dependencies',
        lines: { '{{job}} {{dependency}}': 'min by (job, dependency) (gatehouse_dependency_up)' },
        unit: 'short',
        width: 6,
      },
      {
        title: 'Lateness of the event loop',
        lines: { '{{job}}': 'max by (job) (nodejs_eventloop_lag_p99_seconds)' },
        unit: 's',
        width: 6,
      },
      {
        title: 'Memory',
        lines: { '{{job}}': 'max by (job) (process_resident_memory_bytes)' },
        unit: 'bytes',
        width: 12,
      },
      {
        title: 'Audit events that wait',
        lines: {
          'in Redis': 'max(gatehouse_audit_waiting_events)',
          'for Elasticsearch ({{job}})': 'max by (job) (gatehouse_audit_unshipped_events)',
          'for the second destination ({{job}})': 'max by (job) (gatehouse_audit_unforwarded_events)',
        },
        unit: 'short',
        width: 6,
      },
      {
        title: 'Age of audit events that wait',
        lines: {
          'for Elasticsearch ({{job}})': 'max by (job) (gatehouse_audit_unshipped_seconds)',
          'for the second destination ({{job}})': 'max by (job) (gatehouse_audit_unforwarded_seconds)',
        },
        unit: 's',
        width: 6,
      },
    ],
  },
];

export async function dashboard(): Promise<string> {
  return `${JSON.stringify(
    {
      uid: 'gatehouse',
      title: 'Gatehouse',
      tags: ['gatehouse'],
      schemaVersion: 39,
      version: 1,
      refresh: '30s',
      time: { from: 'now-3h', to: 'now' },
      templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] },
      panels: panels(),
    },
    null,
    2,
  )}\n`;
}

const columns = 24;
const height = 8;

function panels(): object[] {
  const placed: object[] = [];
  let y = 0;
  for (const { title, questions } of dashboardRows) {
    placed.push({ id: placed.length + 1, type: 'row', title, gridPos: { x: 0, y, w: columns, h: 1 } });
    y += 1;
    let x = 0;
    for (const question of questions) {
      if (x + question.width > columns) {
        x = 0;
        y += height;
      }
      placed.push(panel(placed.length + 1, question, { x, y, w: question.width, h: height }));
      x += question.width;
    }
    y += height;
  }
  return placed;
}

function panel(id: number, { title, lines, unit }: Question, gridPos: object): object {
  const datasource = { type: 'prometheus', uid: '$' + '{datasource}' };
  return {
    ...{ id, type: 'timeseries', title, datasource, gridPos },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: Object.entries(lines).map(([legendFormat, expr], index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource,
      expr,
      legendFormat,
    })),
  };
}
