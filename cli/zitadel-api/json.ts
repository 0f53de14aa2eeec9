// Reads what ZITADEL answers: JSON in which everything that has its type's zero value is left out.
// Protocol Buffers, "ProtoJSON Format".

export type Json = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `undefined`: no JSON, or none of an object. */
export function parseJson(text: string): Json | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isJson(body) ? body : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** `readAt(answer, 'oidcConfiguration', 'clientId')` */
export function readAt(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((at, name) => (isJson(at) ? at[name] : undefined), value);
}

export function readText(value: unknown, ...names: readonly string[]): string {
  const found = readAt(value, ...names);
  return typeof found === 'string' ? found : '';
}

export function readFlag(value: unknown, ...names: readonly string[]): boolean {
  return readAt(value, ...names) === true;
}

export function readList(value: unknown, ...names: readonly string[]): readonly unknown[] {
  const found = readAt(value, ...names);
  return Array.isArray(found) ? found : [];
}

export function readTexts(value: unknown, ...names: readonly string[]): readonly string[] {
  return readList(value, ...names).filter((each) => typeof each === 'string');
}
