// Signs a person in on the pages of ZITADEL's Login V1, by its forms: login name, password, a new password, no second factor.

import { Refuted } from '../ledger.ts';
import type { Person } from '../world/people.ts';
import { type Field, type Form, readForms } from './html-forms.ts';
import { type Answer, bare, describeAnswer, type Visitor } from './visitor.ts';

const MOST_PAGES = 12;

export interface SignIn {
  /** What the gateway answers in the end. */
  readonly answer: Answer;
  /** The names of the fields that were filled in, in their order. */
  readonly asked: readonly string[];
}

/** From any answer on that leads to ZITADEL, to the first page of another origin. */
export async function signInV1(visitor: Visitor, first: Answer, person: Person, issuer: string): Promise<SignIn> {
  const asked: string[] = [];
  let answer = await visitor.follow(first);
  for (let count = 0; count < MOST_PAGES; count += 1) {
    if (answer.url.origin !== issuer) return { answer, asked };
    const next = chooseForm(readForms(answer.body, answer.url), person);
    if (!next) throw new Refuted(`no way on from ${describeAnswer(answer)}${errorOn(answer.body)}`);
    asked.push(...next.asked);
    const { form, action } = next;
    answer = await visitor.follow(
      await visitor.go(action, { form, headers: { origin: issuer, referer: bare(answer.url) } }),
    );
  }
  throw new Refuted(`Login V1 shows one page after the other, the last ${describeAnswer(answer)}`);
}

interface Filled {
  readonly action: URL;
  readonly form: URLSearchParams;
  /** Names of what was empty. */
  readonly asked: readonly string[];
}

function chooseForm(forms: readonly Form[], person: Person): Filled | undefined {
  for (const form of forms) {
    const filled = fill(form, person);
    if (filled) return filled;
  }
  // A page that asks for nothing and has one button: press it
  const [only, ...others] = forms;
  const isNotice = only?.fields.every(({ kind }) => kind === 'hidden') && only.buttons.length === 1;
  if (!only || !isNotice || others.length > 0) return undefined;
  const form = new URLSearchParams(only.fields.map(({ name, value }) => [name, value]));
  return { action: only.action, form, asked: [] };
}

function fill({ action, fields, buttons }: Form, person: Person): Filled | undefined {
  const form = new URLSearchParams();
  const asked: string[] = [];
  let isKnown = false;
  for (const { name, value } of fields) {
    const own = valueFor(name, person);
    isKnown ||= own !== undefined;
    // What the page knows already is not asked for
    const isAsked = own !== undefined && value === '';
    if (isAsked) asked.push(name);
    if (name !== '') form.append(name, isAsked ? own : value);
  }
  const button = buttons.find((each) => isWayOn(each, person));
  if (button) form.append(button.name, button.value);
  if (!isKnown && !button) return undefined;
  if (asked.includes('change-new-password')) person.password = person.nextPassword;
  return { action, form, asked: button ? [...asked, button.name] : asked };
}

function valueFor(name: string, { loginName, password, nextPassword }: Person): string | undefined {
  const values: Readonly<Record<string, string>> = {
    loginName,
    password,
    'change-old-password': password,
    'change-new-password': nextPassword,
    'change-password-confirmation': nextPassword,
  };
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** Who it is, where there is a choice; and no second factor, where one is offered. */
const isWayOn = ({ name, value }: Field, { id }: Person): boolean =>
  (name === 'userID' && value === id) || (name === 'skip' && value === 'true');

function errorOn(page: string): string {
  const said = /class="[^"]*error[^"]*"[^>]*>(?:\s|<[^>]*>)*([^<]{3,160})/i.exec(page)?.[1]?.trim();
  return said ? ` (${said})` : '';
}
