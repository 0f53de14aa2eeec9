// `npm run explain -- GET /admin/users --roles staff`: what the rules of wrangler.toml make of a request, and why.
// Issue 4; docs/routes.md.

import { explain } from './explain/command.ts';
import { loadDeployment } from './explain/deployment.ts';

const { code, output, errors } = await explain(process.argv.slice(2), loadDeployment);
if (output !== '') process.stdout.write(`${output}\n`);
if (errors !== '') process.stderr.write(`${errors}\n`);
process.exitCode = code;
