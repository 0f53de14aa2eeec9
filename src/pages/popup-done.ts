// The end of a sign-in in a small window that client.js opened: tells the page that waits, and closes itself.
// It tells the page in two ways, since the sign-in service may cut the window off from its opener; then only the channel is left.

import { type Person, signedInAs } from './components.ts';
import { html } from './markup.ts';
import type { Page, View } from './view.ts';

export interface PopupDoneData {
  readonly person?: Person | undefined;
}

export const popupDonePage = (view: View, { person }: PopupDoneData = {}): Page => {
  const { messages } = view;
  const body = html`${person && signedInAs(view, person)}<p>${messages.closeWindow}</p>`;
  return { status: 200, title: messages.signedIn, sign: 'check', script: 'doneScript', keepsOpener: true, body };
};

export const DONE_SCRIPT = `new BroadcastChannel('postern').postMessage('signed-in');
opener?.postMessage('postern:signed-in', location.origin);
setTimeout(close, 200);
`;
