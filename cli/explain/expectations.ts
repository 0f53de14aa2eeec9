// Files of expectations, one on each line: `GET /admin as staff → 403`. For an operator's own CI: `explain --check FILE`.
// docs/routes.md.

import { parseArgs } from 'node:util';
import type { Sites } from '../installation/sites.ts';
import { UsageError } from '../support/failure.ts';
import { type Explanation, explainAt } from './explanation.ts';
import { createQuestion, WHO_OPTIONS } from './question.ts';

export interface Checked {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly expected: string;
  readonly found: readonly string[];
  readonly isMet: boolean;
}

const WORDS = ['allow', 'sign-in', 'step-up', 'refuse', 'nonsense'];

export function checkExpectations(served: Sites, file: string): readonly Checked[] {
  return file.split('\n').flatMap((written, index) => {
    const text = written.replace(/(?:^|\s)#.*/, '').trim();
    return text === '' ? [] : [checkLine(served, text, index + 1)];
  });
}

function checkLine(served: Sites, text: string, line: number): Checked {
  const [, asked = '', expected = ''] = /^(.*?)\s(?:→|->|=>)\s*(\S+)$/.exec(text) ?? [];
  if (!WORDS.includes(expected) && !/^[1-5]\d\d$/.test(expected)) {
    throw new UsageError(
      `line ${line}: an expectation looks like GET /admin as staff → 403, and ends in a status or in ${WORDS.join(', ')}`,
    );
  }
  try {
    const found = outcomesOf(explainAt(served, parseLine(asked)));
    return { line, text, expected, found, isMet: found.includes(expected) };
  } catch (cause) {
    throw new UsageError(`line ${line}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** `METHOD PATH [as anonymous | signed-in | ROLE,ROLE] [options of the command line]` */
function parseLine(asked: string) {
  const [method, target, ...rest] = asked.split(/\s+/);
  const who = rest[0] === 'as' ? rest.slice(0, 2) : [];
  const { values } = parseArgs({ args: [...roleArguments(who[1]), ...rest.slice(who.length)], options: WHO_OPTIONS });
  return createQuestion(method, target, values);
}

function roleArguments(who: string | undefined): readonly string[] {
  if (who === undefined || who === 'signed-in') return [];
  return who === 'anonymous' ? ['--anonymous'] : ['--roles', who];
}

/** An expectation is met by the decision's word or by one of the two statuses; 200 stands for what is passed on. */
function outcomesOf({ decision, answers }: Explanation): readonly string[] {
  const statuses = [answers.navigation, answers.other].map((answer) =>
    typeof answer === 'number' ? String(answer) : '200',
  );
  return [...new Set([...(decision ? [decision.kind] : []), ...statuses])];
}

export function printChecked(all: readonly Checked[]): string {
  const failed = all.filter(({ isMet }) => !isMet);
  const lines = failed.map(({ line, text, found }) => `line ${line}: ${text}\n  but it is ${found.join(', ')}`);
  return [...lines, `${all.length - failed.length} of ${all.length} expectations met`].join('\n');
}
