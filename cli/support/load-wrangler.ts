// Wrangler as a library, from the folder where Postern is installed. It takes a second to load: not for --help.

import { CommandError } from './failure.ts';

export async function loadWrangler(): Promise<typeof import('wrangler')> {
  try {
    return await import('wrangler');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new CommandError('there is no Wrangler beside Postern', {
      hints: [
        'in the folder of a gateway: npm install, then npx postern there',
        'a new folder: npx postern init my-gateway',
      ],
      cause,
    });
  }
}
