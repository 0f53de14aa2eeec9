// What the script knows of a real application: one file in compat/applications/ each, its settings in docs/recipes/ under the same name.

import type { BrowserContext, Page } from 'playwright-core';
import type { RunningWorker } from '../../test/support/worker.ts';
import type { Packages } from './packages.ts';
import type { PEOPLE } from './people.ts';
import type { Recipe } from './recipe.ts';

export interface Application {
  /** As its own documents write it. */
  readonly title: string;
  readonly packages: Packages;
  /** Runs with the tests, too: it is small, and all of it takes seconds. */
  readonly isQuick?: boolean;
  /** Of what is installed: `pipVersion`, `debianVersion`. */
  version(room: Room): string;
  /** Of the public origin, for an application that trusts `localhost` of its own accord: a name below `.localhost`. */
  readonly publicHost?: string;
  /** As the application's documents say, with the very settings of the recipe. */
  start(place: Place): Promise<Running>;
  /** Changes to what the recipe's wrangler.toml says: secrets. `undefined` leaves one out. */
  variables?(place: Place): Record<string, unknown>;
  /** Where the application says who one is. */
  readonly identity: Identity;
  readonly scenarios: readonly Scenario[];
  /** What the application had to be told, for the table. */
  readonly needed: string;
}

/** Where an application's packages are, outside the tree. */
export interface Room {
  readonly folder: string;
}

export interface Place extends Room {
  /** Empty, and the application's own until it is stopped. */
  readonly data: string;
  /** On 127.0.0.1, for the application. */
  readonly port: number;
  /** The public one, the gateway's. */
  readonly origin: string;
  readonly recipe: Recipe;
}

export interface Running {
  stop(): Promise<void>;
  /** What it has written so far, for whoever looks for a fault. */
  output?(): string;
}

export type PersonName = keyof typeof PEOPLE;

export interface Identity {
  /** The page that is looked at. */
  readonly path: string;
  /** What the application is asked in a signed-in browser, which is at `path`; without it, the text of the page. */
  read?(page: Page): Promise<string>;
  /** What the answer holds for this person, and for nobody else. */
  shows(person: Person): string;
}

export interface Person {
  readonly sub: string;
  /** On the button of the stand-in's login page. */
  readonly button: RegExp;
  readonly loginName: string;
  readonly name: string;
  readonly email: string;
}

export interface Scenario {
  /** What was done, as the test's title and in the table. */
  readonly says: string;
  run(scene: Scene): Promise<void>;
}

export interface Scene extends Place {
  readonly application: Application;
  readonly worker: RunningWorker;
  /** In a browser of their own, which is closed when the scenario has ended. */
  signedIn(person: PersonName, path?: string): Promise<Page>;
  /** The same in a browser that is there already. */
  signIn(page: Page, person: PersonName, path?: string): Promise<void>;
  context(): Promise<BrowserContext>;
  /** An access token, as a program brings it. */
  token(person: PersonName): Promise<string>;
}
