// Runs the other commands as an operator would, and hears what they say.

import type { Command } from '../../commands.ts';
import { command as doctor } from '../../doctor.ts';
import { command as setup } from '../../setup.ts';
import type { System } from '../../support/system.ts';
import { command as users } from '../../users.ts';
import { type Json, parseJson } from '../../zitadel-api/json.ts';
import { Refuted } from '../ledger.ts';

const OWN = { setup, doctor, users } satisfies Record<string, Command>;

export interface Heard {
  readonly code: number;
  /** Both streams. */
  readonly text: string;
  /** Of the standard output, where it is that. */
  readonly json: Json;
}

export async function runOwn(system: System, name: keyof typeof OWN, args: readonly string[]): Promise<Heard> {
  const printed: string[] = [];
  const told: string[] = [];
  const code = await OWN[name].run(args, {
    ...system,
    print: (line) => void printed.push(line),
    tell: (line) => void told.push(line),
    showNote: undefined,
    prompts: undefined,
    hasColour: { print: false, tell: false },
    // No token of the surroundings is to stand in for the key that is named
    env: {},
  });
  return { code, text: [...printed, ...told].join('\n'), json: parseJson(printed.join('\n')) ?? {} };
}

/** With what it said, if it did not work. */
export async function runWell(system: System, name: keyof typeof OWN, args: readonly string[]): Promise<Heard> {
  const heard = await runOwn(system, name, args);
  if (heard.code !== 0) throw new Refuted(`${name} ended with ${heard.code}: ${heard.text.slice(-600)}`);
  return heard;
}
