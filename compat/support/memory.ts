// What the gateway's process has needed at most, by Linux's own count.

import { readdirSync, readFileSync } from 'node:fs';

/** Bytes. The gateway is the `workerd` that this process has started. */
export function peakOfGateway(): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const status = readStatus(pid);
    const isOurs = /^Name:\s*workerd$/m.test(status) && new RegExp(`^PPid:\\s*${process.pid}$`, 'm').test(status);
    const [, peak] = /^VmHWM:\s*(\d+) kB$/m.exec(status) ?? [];
    if (isOurs && peak !== undefined) return Number(peak) * 1024;
  }
  throw new Error('no workerd of ours');
}

/** Empty for one that has ended meanwhile. */
function readStatus(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
