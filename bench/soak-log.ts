// The last of what the worker has logged, so that a violation can be told with the reason.

const MOST_CHARACTERS = 4_000_000;

export interface LogMemory {
  readonly take: (text: string) => void;
  /** Events that have this in them, each in one line. */
  readonly find: (text: string) => string[];
}

export function createLogMemory(): LogMemory {
  const pieces: string[] = [];
  let size = 0;
  return {
    take(text) {
      pieces.push(text);
      size += text.length;
      while (size > MOST_CHARACTERS) size -= pieces.shift()?.length ?? size;
    },
    find: (text) =>
      pieces
        .join('')
        .split(/\n(?=\{)/)
        .filter((event) => event.includes(text))
        .map((event) => event.replace(/\s+/g, ' ')),
  };
}
