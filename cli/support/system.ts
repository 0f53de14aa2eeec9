// What a command has of the outside world, in one record: streams, network, clock, prompts. Tests hand in their own.

import type { Prompts } from './prompts.ts';
import type { Ended } from './run-program.ts';

export interface System {
  /** Results; nothing else goes there, so that --json can be read by a script. */
  readonly print: (line: string) => void;
  /** Progress, warnings, errors. */
  readonly tell: (line: string) => void;
  /** Puts a note where the cursor is and takes it away again; without a terminal, `undefined`. */
  readonly showNote: ((note: string) => void) | undefined;
  readonly hasColour: { readonly print: boolean; readonly tell: boolean };
  /** Without a terminal, `undefined`: nobody is asked. */
  readonly prompts: Prompts | undefined;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs Wrangler with this on its standard input. */
  readonly runWrangler: (args: readonly string[], input?: string) => Promise<Ended>;
}
