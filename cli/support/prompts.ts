// Questions on a terminal. The library is loaded when the first is asked: --help needs none.

import { CommandError } from './failure.ts';

export interface Question {
  readonly message: string;
  readonly initial?: string | undefined;
  /** What is wrong with the answer. */
  readonly check?: (answer: string) => string | undefined;
}

export interface Prompts {
  text(question: Question): Promise<string>;
  /** Not shown while it is typed. */
  secret(question: Question): Promise<string>;
  choose<Value extends string>(message: string, options: readonly { value: Value; label: string }[]): Promise<Value>;
  confirm(message: string): Promise<boolean>;
}

type Clack = typeof import('@clack/prompts');

export function createPrompts(): Prompts {
  const ask = async <Answer>(start: (clack: Clack) => Promise<Answer>): Promise<Exclude<Answer, symbol>> => {
    const clack = await import('@clack/prompts');
    const answer = await start(clack);
    if (clack.isCancel(answer)) throw new CommandError('cancelled: nothing was changed');
    return answer as Exclude<Answer, symbol>;
  };
  const validate = (check: Question['check']) => ({ validate: (answer: string | undefined) => check?.(answer ?? '') });
  return {
    text: ({ message, initial, check }) =>
      ask((clack) =>
        clack.text({ message, ...(initial !== undefined && { initialValue: initial }), ...validate(check) }),
      ),
    secret: ({ message, check }) => ask((clack) => clack.password({ message, ...validate(check) })),
    choose: <Value extends string>(message: string, options: readonly { value: Value; label: string }[]) =>
      // The library's options have types that depend on the value's, which is not known to be text in here
      ask((clack) => clack.select<string>({ message, options: [...options] })) as Promise<Value>,
    confirm: (message) => ask((clack) => clack.confirm({ message })),
  };
}
