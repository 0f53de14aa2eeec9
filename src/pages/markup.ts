// HTML by template: whatever is not Markup is escaped, here and nowhere else.
// Not `hono/html`, whose result may be a promise; this one is always a value, and smaller.

/** HTML that is safe to send as it is. Only `html` makes it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Value = Markup | string | number | undefined | false | readonly Value[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string);

const render = (value: Value): string => {
  if (value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  return typeof value === 'object' ? value.map(render).join('') : escapeHtml(String(value));
};

/** Attribute values have to stand in double quotes. Lists are joined; `undefined` and `false` are nothing. */
export const html = (strings: TemplateStringsArray, ...values: readonly Value[]): Markup =>
  new Markup(strings.reduce((text, string, index) => text + render(values[index - 1]) + string));

/** A sentence with what the page puts in, each where the language has `{}`. */
export const fill = (sentence: string, ...values: readonly Value[]): Markup =>
  html`${sentence.split('{}').map((text, index) => [text, values[index]])}`;

/** Words from outside: isolated, so that their direction and control characters can't turn the sentence around. */
export const isolate = (text: string): Markup => html`<bdi>${text}</bdi>`;

/**
 * Where a link or a form may point: a path that stays on `origin` under every parser (`//other` doesn't), or an absolute HTTP URL.
 * Anything else leads to the start page.
 */
export const safeHref = (href: string, origin: string): string => {
  // Not `canParse`, which says yes to some texts that the parser then refuses.
  const resolved = URL.parse(href, origin);
  if (href.startsWith('/')) return resolved?.origin === origin ? href : origin + href;
  return URL.parse(href) && /^https?:$/.test(resolved?.protocol ?? '') ? href : '/';
};
