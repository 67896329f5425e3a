/** The one shape of the tables that say who may call what: a row for each operation, a verdict for each kind of caller. */
import type { App } from '@gatehouse/service-kit/http';

/** The answer: done; 401; 403; 404 as if it did not exist; an empty list; what belongs to the caller's own contact centre. */
export type Verdict = (typeof bestFirst)[number];

/** A caller of several kinds has the best verdict of them. */
const bestFirst = ['yes', 'own', 'empty', 'hidden', 'no', 'refused'] as const;

export interface Rule {
  title: string;
  /** One verdict per kind of caller, in their order. */
  verdicts: readonly Verdict[];
  /** For what belongs to another contact centre than the caller's own, where that differs. */
  other?: readonly Verdict[];
  /** A person needs a sign-in that is at most 15 minutes old: a session that is left open must not be worth as much. */
  isDangerous?: true;
  /** With this parameter in the query it concerns one thing alone, and is not dangerous. */
  mildWith?: string;
  /** It lets somebody speak for the people of the contact centre: where administrators of the installation are, theirs alone. */
  speaksForPeople?: true;
  /** The message for callers whose verdict is `no`, where the usual words do not fit. */
  refusal?: string;
}

interface MatrixOptions<Kind extends string, Name extends string> {
  /** Of every path that the matrix decides about. */
  prefix: string;
  kinds: readonly Kind[];
  rules: Readonly<Record<Name, Rule>>;
  /** By method and path of the OpenAPI document, below the prefix. */
  rows: Readonly<Record<string, Name>>;
  /** Operations below the prefix that have no guard: whoever asks gets the same. */
  open?: readonly string[];
}

const guardMark = 'isGuardedByMatrix';

/** For the guard that reads the rows: its scope, and those within, may have the routes of a matrix. */
export function markGuarded(scope: App): void {
  scope.decorate(guardMark, true);
}

export function createMatrix<Kind extends string, Name extends string>({
  prefix,
  kinds,
  rules,
  rows,
  open = [],
}: MatrixOptions<Kind, Name>) {
  /** Undefined: the path is not below the prefix. */
  function operationOf(method: string, url: string): string | undefined {
    if (url !== prefix && !url.startsWith(`${prefix}/`)) return undefined;
    // A HEAD is answered as a GET without its body.
    return `${method === 'HEAD' ? 'GET' : method} ${url.slice(prefix.length).replace(/:(\w+)/g, '{$1}')}`;
  }

  function ruleNamed(operation: string | undefined): Rule | undefined {
    if (operation === undefined || !Object.hasOwn(rows, operation)) return undefined;
    return rules[rows[operation] as Name];
  }

  /** `isOther`: it is about what belongs to a contact centre that the caller does not reach. */
  function verdictOf({ verdicts, other }: Rule, of: readonly Kind[], isOther = false): Verdict {
    const given = of.map((kind) => {
      const index = kinds.indexOf(kind);
      return (isOther ? other?.[index] : undefined) ?? verdicts[index];
    });
    return bestFirst.find((verdict) => given.includes(verdict)) ?? 'no';
  }

  return {
    verdictOf,
    /** The rule of a route; undefined: it is for nobody. */
    ruleOf: (method: string, url: string): Rule | undefined => ruleNamed(operationOf(method, url)),

    /**
     * Lets the app start only where every route has a row and a guard, and every row a route. Call it before the routes are
     * registered.
     * `isServed`: which of the paths this app serves, below the prefix.
     */
    requireRows(app: App, isServed: (path: string) => boolean = () => true): void {
      const unmet = new Set(Object.keys(rows).filter((operation) => isServed(operation.split(' ')[1] ?? '')));
      app.addHook('onRoute', function requireRow(this: App, { method, url }) {
        for (const one of [method].flat()) {
          const operation = operationOf(one, url);
          // Preflights are answered before anybody is asked who they are.
          if (operation === undefined || one === 'OPTIONS' || open.includes(operation)) continue;
          if (ruleNamed(operation) === undefined)
            throw new Error(`${operation} has no row in the matrix of ${prefix}: say who may call it`);
          if (!this.hasDecorator(guardMark))
            throw new Error(
              `${operation} is in a scope without the guard of ${prefix}: nobody would be asked who they are`,
            );
          unmet.delete(operation);
        }
      });
      app.addHook('onReady', async () => {
        if (unmet.size > 0)
          throw new Error(`rows without a route in the matrix of ${prefix}: ${[...unmet].join(', ')}`);
      });
    },

    /** For docs/reference/authorisation.md. Two words in a cell: for the caller's own contact centre / for another one. */
    table(): string {
      const lines = Object.keys(rows).map((operation) => {
        const rule: Rule = rules[rows[operation] as Name];
        const cells = kinds.map((kind) => {
          const [own, other] = [verdictOf(rule, [kind]), verdictOf(rule, [kind], true)];
          return other === own ? own : `${own} / ${other}`;
        });
        return `| \`${operation}\`${marksOf(rule)} | ${cells.join(' | ')} |`;
      });
      return `| operation | ${kinds.join(' | ')} |
|---|${kinds.map(() => '---').join('|')}|
${lines.join('\n')}`;
    },
  };
}

function marksOf({ isDangerous, mildWith, speaksForPeople }: Rule): string {
  const mild = mildWith === undefined ? '' : ` without \`${mildWith}\``;
  return `${isDangerous ? ` ◆${mild}` : ''}${speaksForPeople ? ' ●' : ''}`;
}

/** Whether a caller with this verdict gets an answer of the route. */
export function admits(verdict: Verdict): boolean {
  return verdict === 'yes' || verdict === 'own' || verdict === 'empty';
}

/** `query`: as it was sent. A parameter that is there and wrong is refused by its route. */
export function isDangerous({ isDangerous, mildWith }: Rule, query: object): boolean {
  return isDangerous === true && !(mildWith !== undefined && Object.hasOwn(query, mildWith));
}
