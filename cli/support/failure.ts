// How a command fails: with a sentence, what to do about it, and an exit code; a stack trace only for our own mistakes.

import { createLook } from './look.ts';
import type { System } from './system.ts';

/** 1: it did not work. 2: the command makes no sense as it is. */
export type FailureCode = 1 | 2;

export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly code: FailureCode;
  /** Each a line under the error. */
  readonly hints: readonly string[];

  constructor(
    message: string,
    { code = 1, hints = [], cause }: { code?: FailureCode; hints?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.hints = hints;
  }
}

export class UsageError extends CommandError {
  override readonly name = 'UsageError';

  constructor(message: string, hints: readonly string[] = []) {
    super(message, { code: 2, hints });
  }
}

/** The exit code of a command that threw this, after saying why. `--json` gets it on standard output. */
export function reportFailure(name: string, cause: unknown, system: System, isJson = false): number {
  const look = createLook(system.hasColour.tell);
  const failure = toFailure(cause);
  if (isJson) system.print(failureAsJson(failure));
  else {
    system.tell(`${look.bad(`${name}:`)} ${failure.message}`);
    for (const hint of failure.hints) system.tell(`  ${hint}`);
    if (failure.code === 2) system.tell(look.quiet(`  --help says more`));
  }
  return failure.code;
}

export const failureAsJson = ({ message, hints }: Pick<CommandError, 'message' | 'hints'>): string =>
  JSON.stringify({ ok: false, error: message, hints }, null, 2);

export function toFailure(cause: unknown): CommandError {
  if (cause instanceof CommandError) return cause;
  // Node adds an essay on positional arguments
  if (isArgumentError(cause)) return new UsageError(cause.message.replace(/\. To specify .*$/s, ''));
  if (isFileError(cause))
    return new CommandError(
      `${cause.path ?? 'one of the files that are named'}: ${FILE_ERRORS[cause.code] ?? cause.message}`,
      { cause },
    );
  const message = cause instanceof Error ? cause.message : String(cause);
  return new CommandError(`${message} (this is a mistake in the command itself)`, { cause });
}

const isArgumentError = (cause: unknown): cause is Error =>
  cause instanceof Error && 'code' in cause && String(cause.code).startsWith('ERR_PARSE_ARGS_');

const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission',
  EISDIR: 'is a folder',
  ENOTDIR: 'a folder on the way is a file',
};

const isFileError = (cause: unknown): cause is Error & { code: string; path?: string } =>
  cause instanceof Error && 'syscall' in cause && 'code' in cause && typeof cause.code === 'string';
