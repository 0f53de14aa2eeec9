// Every command: what it is for, and how it is loaded. Nothing is loaded before it is asked for.

import type { Options } from './support/swallowed-flags.ts';
import type { System } from './support/system.ts';

export interface Command {
  readonly options: Options;
  /** First words that it knows, for completion. */
  readonly words?: readonly string[];
  /** Returns the exit code. */
  run(args: readonly string[], system: System): Promise<number>;
}

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export const COMMANDS = {
  dev: {
    summary: 'runs the gateway on this machine, with a stand-in for ZITADEL if wanted',
    load: async () => (await import('./dev.ts')).command,
  },
  init: {
    summary: 'makes the folder of a gateway, with everything in it',
    load: async () => (await import('./init.ts')).command,
  },
  import: {
    summary: 'makes the configuration out of that of another gateway',
    load: async () => (await import('./import.ts')).command,
  },
  setup: { summary: 'makes at ZITADEL what the gateway needs', load: async () => (await import('./setup.ts')).command },
  doctor: {
    summary: 'is this installation well, and if not, what to do',
    load: async () => (await import('./doctor.ts')).command,
  },
  explain: {
    summary: 'what the rules make of a request, and why',
    load: async () => (await import('./explain.ts')).command,
  },
  users: {
    summary: 'who may use the application, and with which roles',
    load: async () => (await import('./users.ts')).command,
  },
  sessions: { summary: 'lists and ends a user’s sessions', load: async () => (await import('./sessions.ts')).command },
  sites: {
    summary: 'puts the list of sites into KV, and shows the one that is there',
    load: async () => (await import('./sites.ts')).command,
  },
  deploy: {
    summary: 'looks everything over, then deploys with Wrangler',
    load: async () => (await import('./deploy.ts')).command,
  },
  build: {
    summary: 'makes postern.toml a part of the worker; Wrangler runs it',
    load: async () => (await import('./build.ts')).command,
  },
  update: {
    summary: 'shows what a new version changes, then installs it',
    load: async () => (await import('./update.ts')).command,
  },
  acceptance: {
    summary: 'tries everything against a live ZITADEL made for tests',
    load: async () => (await import('./acceptance.ts')).command,
  },
  completion: {
    summary: 'completion for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).command,
  },
  version: { summary: 'which versions are here', load: async () => (await import('./version.ts')).command },
} as const satisfies Readonly<Record<string, Entry>>;

export type CommandName = keyof typeof COMMANDS;

export const isCommand = (name: string): name is CommandName => Object.hasOwn(COMMANDS, name);
