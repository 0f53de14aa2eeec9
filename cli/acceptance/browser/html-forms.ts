// Reads the forms of a page that ZITADEL made: where each goes, its fields, its buttons.

export interface Field {
  readonly name: string;
  readonly value: string;
  readonly kind: string;
}

export interface Form {
  readonly action: URL;
  readonly fields: readonly Field[];
  readonly buttons: readonly Field[];
}

export function readForms(page: string, base: URL): readonly Form[] {
  return [...page.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, head = '', inside = '']) => {
    const fields = [...inside.matchAll(/<input\b([^>]*)>/gi)].map(([, text = '']) => readField(text, 'text'));
    const buttons = [...inside.matchAll(/<button\b([^>]*)>/gi)].map(([, text = '']) => readField(text, 'submit'));
    const action = attribute(head, 'action');
    return { action: action ? new URL(action, base) : base, fields, buttons };
  });
}

const readField = (text: string, kind: string): Field => ({
  name: attribute(text, 'name') ?? '',
  value: attribute(text, 'value') ?? '',
  kind: attribute(text, 'type')?.toLowerCase() ?? kind,
});

function attribute(text: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(text);
  const value = found?.[1] ?? found?.[2] ?? found?.[3];
  return value === undefined ? undefined : decodeEntities(value);
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return NAMED[name] ?? whole;
  });
}
