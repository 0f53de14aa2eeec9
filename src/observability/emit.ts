// The only console of the worker: each event is one object, which Workers Logs keeps field by field.
// House-style rules 3 and 12.

import type { Emit } from './request-event.ts';

export const emit: Emit = (event) => {
  if (event.level === 'error') console.error(event);
  else if (event.level === 'warn') console.warn(event);
  else console.log(event);
};
