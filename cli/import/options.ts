// What becomes of each option of another gateway: the tables of docs/moving-*.md are written from this, and `import` says the same words.

/** `same`: here too, without doing anything. */
export type Answer = 'same' | 'renamed' | 'unneeded' | 'impossible';

export interface Option {
  readonly name: string;
  readonly answer: Answer;
  /** Markdown: what is instead, why it is not needed, or what to do where it can't be had. */
  readonly here: string;
}

export interface Catalogue {
  readonly title: string;
  /** Of which release, or of which day. */
  readonly version: string;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly heading: string;
  readonly options: readonly Option[];
}

export const ANSWERS: Readonly<Record<Answer, string>> = {
  same: 'same',
  renamed: 'other name',
  unneeded: 'not needed',
  impossible: 'not possible',
};

/** `names` with blanks between them, which have one answer. */
export const tell =
  (answer: Answer) =>
  (names: string, here: string): readonly Option[] =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => ({ name, answer, here }));

export const same = tell('same');
export const renamed = tell('renamed');
export const unneeded = tell('unneeded');
export const impossible = tell('impossible');

/** Who passed the visitor's Host on, or wrote one. */
export const CALLED =
  '`Origin`, `Referer` and `Destination` say that name; `Host` itself only over a binding, or where something before the application writes it (docs/host-and-origin.md)';

export const section = (heading: string, ...options: readonly (readonly Option[])[]): Section => ({
  heading,
  options: options.flat(),
});

export const findOption = ({ sections }: Catalogue, name: string): Option | undefined =>
  sections.flatMap(({ options }) => options).find((option) => option.name === name);
