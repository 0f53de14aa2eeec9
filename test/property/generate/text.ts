// Texts out of valid ones by small accidents, and long ones by repetition: what finds a parser's corners and what it costs.

import fc from 'fast-check';

/** Longer than any header field or path that reaches a worker. */
export const LONGEST = 65_536;

/** Places are given in millionths, so that a step fits every text. */
export type Step =
  | { readonly do: 'cut'; readonly at: number; readonly length: number }
  | { readonly do: 'put'; readonly at: number; readonly text: string }
  | { readonly do: 'set'; readonly at: number; readonly text: string }
  | { readonly do: 'repeat'; readonly at: number; readonly length: number; readonly times: number }
  | { readonly do: 'move'; readonly at: number; readonly length: number; readonly to: number }
  | { readonly do: 'case'; readonly at: number; readonly length: number }
  | { readonly do: 'end'; readonly at: number };

const at = fc.nat(1_000_000);
const length = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 40 }));
/** Mostly a few times; sometimes so often that it takes long if anything does. */
const times = fc.oneof({ arbitrary: fc.integer({ min: 2, max: 5 }), weight: 3 }, fc.constantFrom(100, 5_000, 30_000));

export function step(words: fc.Arbitrary<string>): fc.Arbitrary<Step> {
  return fc.oneof(
    fc.record({ do: fc.constant('cut' as const), at, length }),
    fc.record({ do: fc.constant('put' as const), at, text: words }),
    fc.record({ do: fc.constant('set' as const), at, text: words }),
    fc.record({ do: fc.constant('repeat' as const), at, length, times }),
    fc.record({ do: fc.constant('move' as const), at, length, to: at }),
    fc.record({ do: fc.constant('case' as const), at, length }),
    fc.record({ do: fc.constant('end' as const), at }),
  );
}

export function applySteps(text: string, steps: readonly Step[], longest = LONGEST): string {
  return steps.reduce((changed, what) => applyStep(changed, what, longest), text);
}

function applyStep(text: string, what: Step, longest: number): string {
  const from = place(text, what.at);
  switch (what.do) {
    case 'cut':
      return text.slice(0, from) + text.slice(from + what.length);
    case 'put':
      return (text.slice(0, from) + what.text + text.slice(from)).slice(0, longest);
    case 'set':
      return (text.slice(0, from) + what.text + text.slice(from + what.text.length)).slice(0, longest);
    case 'repeat': {
      const piece = text.slice(from, from + what.length);
      const most = Math.floor((longest - text.length) / Math.max(1, piece.length));
      return text.slice(0, from) + piece.repeat(Math.max(0, Math.min(what.times, most))) + text.slice(from);
    }
    case 'move': {
      const piece = text.slice(from, from + what.length);
      const rest = text.slice(0, from) + text.slice(from + what.length);
      const to = place(rest, what.to);
      return rest.slice(0, to) + piece + rest.slice(to);
    }
    case 'case': {
      const piece = text.slice(from, from + what.length);
      const other = piece === piece.toLowerCase() ? piece.toUpperCase() : piece.toLowerCase();
      return text.slice(0, from) + other + text.slice(from + what.length);
    }
    case 'end':
      return text.slice(0, from);
  }
}

function place(text: string, millionths: number): number {
  return Math.min(text.length, Math.floor((millionths / 1_000_000) * (text.length + 1)));
}

/** Signs that some parser somewhere takes for more than a sign. */
export const SIGNS = fc.constantFrom(
  ...[
    ...' \t\v\f\u00a0\u0085=;,:."\'\\/?#%&+-_~@<>[]{}()|*\0\r\n',
    '\ud800',
    '\udc00',
    '\ufeff',
    '\u2028',
    'K',
    'ſ',
    'é',
  ],
  ...['', '  ', '//', '..', '%2', '%00', '%0d%0a', '\r\n', '=='],
);

export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
  fc.array(SIGNS, { maxLength: 12 }).map((signs) => signs.join('')),
);

/** One sign over and over: the slowest input for a pattern with two repetitions that both match it. */
const run = fc
  .tuple(SIGNS, fc.constantFrom(500, 8_000, 30_000))
  .map(([sign, signs]) => sign.repeat(signs).slice(0, LONGEST));

/** A few small accidents. */
export function stepsWith(words: readonly string[]): fc.Arbitrary<readonly Step[]> {
  const given = words.length > 0 ? fc.constantFrom(...words) : SIGNS;
  const word = fc.oneof(
    { weight: 4, arbitrary: SIGNS },
    { weight: 4, arbitrary: anyText },
    { weight: 4, arbitrary: given },
    { weight: 1, arbitrary: run },
  );
  return fc.array(step(word), { maxLength: 5 });
}

/** One of `corpus`, or two of them at odds, after a few accidents. */
export function mutated(corpus: readonly string[], words = corpus, longest = LONGEST): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...corpus), stepsWith(words))
    .map(([text, steps]) => applySteps(text, steps, longest));
}

/** As a header field can have it: a text of bytes, no control characters but the tab (RFC 9110 §5.5). */
export function asFieldValue(text: string): string {
  return text.replace(/[^\t -\xff]/g, '?');
}
