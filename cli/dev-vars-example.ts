// The text of .dev.vars.example, from the schema: in the repository, and in every operator's folder.

import { DESCRIPTIONS, DUMMY_SECRETS } from '../src/config/reference.ts';
import { VARIABLES, type VariableName } from '../src/config/variables.ts';

export function devVarsExample(): string {
  const names = Object.keys(VARIABLES) as VariableName[];
  const secrets = names.filter((name): name is keyof typeof DUMMY_SECRETS => VARIABLES[name].kind === 'secret');
  const lines = secrets.map((name) => {
    const isRequired = VARIABLES[name].schema.type !== 'optional';
    return `\n# ${isRequired ? 'Required. ' : ''}${DESCRIPTIONS[name].replaceAll('`', '')}\n${isRequired ? '' : '# '}${name}=${DUMMY_SECRETS[name]}\n`;
  });
  return `# Secrets for local runs: copy to .dev.vars, which is never committed. The dummy values are refused by the gateway on purpose.
# Deployed, each of them is set by: wrangler secret put NAME
${lines.join('')}`;
}
