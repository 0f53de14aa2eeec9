// Finds and replaces single secrets in the text of .dev.vars, which has dotenv's format.

const assignment = (name: string): RegExp =>
  new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*('[^']*'|"(?:\\\\.|[^"\\\\])*"|[^\\n]*?)[ \\t]*$`, 'm');

export function readSecret(text: string, name: string): string | undefined {
  const value = assignment(name).exec(text)?.[1];
  if (value === undefined) return undefined;
  if (/^(['"])[\s\S]*\1$/.test(value) && value.length > 1) return value.slice(1, -1);
  return value.replace(/\s+#.*$/, '');
}

/** Replaces it; else writes it below its commented example, or at the end. */
export function setSecret(text: string, name: string, value: string): string {
  // Between single quotes everything stands for itself
  const line = `${name}=${/^[\w.,-]+$/.test(value) ? value : `'${value}'`}`;
  if (assignment(name).test(text)) return text.replace(assignment(name), () => line);
  const example = new RegExp(`^#[ \\t]*${name}=[^\\n]*$`, 'm');
  if (example.test(text)) return text.replace(example, (found) => `${found}\n${line}`);
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}
