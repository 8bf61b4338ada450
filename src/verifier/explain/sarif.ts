import { RULES } from '../rules/registry.js';
import type { CodePlace, Explanation } from './explanation.js';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** Explanations as one run in SARIF 2.1.0, the form that editors and code hosts read. */
export function sarif(explanations: readonly Explanation[]): object {
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'skep', rules: RULES.map(ruleOf) } },
        results: explanations.map(resultOf),
      },
    ],
  };
}

function ruleOf(rule: (typeof RULES)[number]): object {
  return {
    id: rule.id,
    shortDescription: { text: rule.explanation },
    help: { text: rule.hint },
  };
}

function resultOf(explanation: Explanation): object {
  const { rule, program, message, at, histories, lost, fix } = explanation;
  const text = [message, lost?.text, `To pass: ${fix.text}`].filter(Boolean).join('\n');
  const steps = histories.flatMap(({ lines }) =>
    lines.map((line) => ({
      location: { ...locationOf(line), message: { text: `${line.holder} ${line.event}: ${line.value}` } },
    })),
  );
  return {
    ruleId: rule,
    ruleIndex: RULES.findIndex(({ id }) => id === rule),
    level: 'error',
    message: { text: `${program}: ${text}` },
    locations: [locationOf(at)],
    ...(steps.length === 0 ? {} : { codeFlows: [{ threadFlows: [{ locations: steps }] }] }),
  };
}

function locationOf({ file, line, column, source, insn, text }: CodePlace): object {
  const logicalLocations = [{ fullyQualifiedName: `insn ${insn}: ${text}` }];
  if (file === undefined || line === undefined) return { logicalLocations };
  return {
    physicalLocation: {
      artifactLocation: { uri: file },
      region: {
        startLine: line,
        ...(column ? { startColumn: column } : {}),
        ...(source === undefined ? {} : { snippet: { text: source } }),
      },
    },
    logicalLocations,
  };
}
