// The PHP recipe.

import { describeNotes } from './notes.ts';
import { isInstalled } from './recipe.ts';

describeNotes(isInstalled('PHP (php-cli)', 'php', ['--version']), {
  folder: 'php',
  command: (port) => ['php', '-S', `127.0.0.1:${port}`, 'index.php'],
  env: ({ data }) => ({ NOTES: `${data}/notes.txt` }),
});
