// The only console of the worker: each event is one line of JSON, which Workers Logs keeps field by field and a terminal on one line.
// It writes text, since the runtime lays out an object for the eye first, which costs three times as much.

import type { Emit } from './request-event.ts';

export const emit: Emit = (event) => {
  const line = JSON.stringify(event);
  if (event.level === 'error') console.error(line);
  else if (event.level === 'warn') console.warn(line);
  else console.log(line);
};
