// A form that was kept over the sign-in is sent again: by resubmit.js, or by the button without script.
// ARCHITECTURE §3, first row. HTML §4.10.22 (form submission).

import { actions, hidden, type Person, signedInAs, submit } from './components.ts';
import { fill, html, isolate, safeHref } from './markup.ts';
import type { Fields, Page, View } from './view.ts';

export interface ResubmitData {
  /** Where the form goes: a path of ours, or an absolute URL that the caller has judged. */
  readonly action: string;
  readonly enctype?: 'application/x-www-form-urlencoded' | 'multipart/form-data' | 'text/plain' | undefined;
  /** The form's own fields, or those by which the caller finds the kept form. */
  readonly fields: Fields;
  readonly person?: Person | undefined;
  /** Shows where the form goes, and leaves it to the visitor to send it. */
  readonly waits?: boolean;
}

/** Characters of an address that are shown. */
const MAX_SHOWN = 200;

export const resubmitPage = (view: View, { action, enctype, fields, person, waits = false }: ResubmitData): Page => {
  const { messages } = view;
  const encoding = enctype ?? 'application/x-www-form-urlencoded';
  const href = safeHref(action, view.config.origin);
  const target = href.length > MAX_SHOWN ? `${href.slice(0, MAX_SHOWN)}…` : href;
  const words = waits ? fill(messages.sendIfYours, html`<code>${isolate(target)}</code>`) : messages.sending;
  return {
    status: 200,
    title: messages.signedIn,
    sign: 'check',
    ...(!waits && { script: 'resubmitScript' as const }),
    form: 'application',
    body: html`${person && signedInAs(view, person)}<p>${words}</p>
<form method="post" action="${href}" enctype="${encoding}" accept-charset="utf-8">${hidden(fields)}${actions(submit(messages.send))}</form>`,
  };
};

/**
 * Not on the way back through the history, which would send it twice. The fragment has come along the redirects. Through the prototype,
 * since a field may be called `submit`.
 */
export const RESUBMIT_SCRIPT = `const [way] = performance.getEntriesByType('navigation');
const [form] = document.forms;
form.action += location.hash;
if (way?.type !== 'back_forward') HTMLFormElement.prototype.submit.call(form);
`;
