import type { Origin } from '#shared/contracts/attempt';
import type { Example } from '#shared/contracts/example';
import { normalForm, tokensOf } from './question-tokens.js';
import { type Bound, bindTemplate, type SchemaValues, type Template, templateOf } from './template.js';

type Known = Pick<Example, 'id' | 'question' | 'sql'>;

/** SQL that answers a question without the model. */
export interface ExampleAnswer {
  sql: string;
  origin: Origin;
}

/** The verified examples of one version by the questions that they answer as they are, or with other literals. */
export class ExampleAnswers {
  private readonly byForm: Map<string, Known[]>;
  private templates: { example: Known; template: Template }[] | undefined;

  constructor(private readonly examples: readonly Known[]) {
    this.byForm = Map.groupBy(examples, ({ question }) => normalForm(question));
  }

  /** The example with this question. Two that say different things of it decide nothing. */
  exact(question: string): ExampleAnswer | null {
    const [example, ...others] = this.byForm.get(normalForm(question)) ?? [];
    if (!example || others.some(({ sql }) => sql !== example.sql)) return null;
    return { sql: example.sql, origin: originOf('verified_example', example) };
  }

  /**
   * The SQL of an example whose question differs in its literals only, with those of this one in their places. Of several
   * the one that has most in common decides, if those as like say the same.
   * @param schema of one snapshot for all calls
   */
  near(question: string, schema: SchemaValues): ExampleAnswer | null {
    this.templates ??= this.examples.flatMap((example) => {
      const template = templateOf(example, schema);
      return template ? [{ example, template }] : [];
    });
    const tokens = tokensOf(question);
    let best: { example: Known; bound: Bound } | null = null;
    let disagree = false;
    for (const { example, template } of this.templates) {
      const bound = bindTemplate(template, tokens, schema);
      if (!bound || (best && bound.same < best.bound.same)) continue;
      disagree =
        best !== null && bound.same === best.bound.same && (disagree || bound.sql !== best.bound.sql);
      best = { example, bound };
    }
    if (!best || disagree) return null;
    const { sql, literals } = best.bound;
    return { sql, origin: { ...originOf('near_example', best.example), literals } };
  }
}

function originOf(kind: Origin['kind'], { id, question }: Known): Origin {
  return { kind, exampleId: id, question };
}
