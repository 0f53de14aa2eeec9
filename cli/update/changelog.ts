// CHANGELOG.md as data: its versions with their dates, and under each what was added, changed, removed …
// keepachangelog.com 1.1.0.

import { compareVersions, isVersion } from './semver.ts';

export const KINDS = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'] as const;

export interface Group {
  /** One of KINDS, or whatever stands there; empty for what stands under no heading of its own. */
  readonly kind: string;
  /** Without the bullet; further lines without their indentation. */
  readonly entries: readonly string[];
}

export interface Section {
  /** Missing: what is unreleased. */
  readonly version?: string;
  /** 2026-11-21 */
  readonly date?: string;
  readonly groups: readonly Group[];
  /** Lines that are neither headings nor entries. */
  readonly others: readonly string[];
}

const HEADING = /^## +\[?([^\s\]]+)\]?(?:\([^)]*\))?(?: +[-–—] +(\S+))?(?: +\[YANKED\])? *$/i;
const KIND = /^### +(.+?) *$/;
const BULLET = /^[*-] +(.*)$/;
const CONTINUED = /^(?: {2,}|\t)(.*)$/;
const FENCE = /^ *(```|~~~)/;
const LINK = /^\[[^\]]+\]: /;

interface Draft {
  version?: string;
  date?: string;
  groups: { kind: string; entries: string[] }[];
  others: string[];
}

export function parseChangelog(text: string): readonly Section[] {
  const sections: Draft[] = [];
  let isFenced = false;
  for (const line of text.split(/\r?\n/)) {
    const heading = isFenced ? null : HEADING.exec(line);
    if (heading) {
      sections.push(startSection(heading));
      continue;
    }
    const section = sections.at(-1);
    if (section) takeLine(section, line, isFenced);
    if (FENCE.test(line)) isFenced = !isFenced;
  }
  return sections;
}

function startSection([, name = '', date]: RegExpExecArray): Draft {
  const version = name.replace(/^v(?=\d)/, '');
  const isUnreleased = version.toLowerCase() === 'unreleased';
  return { ...(!isUnreleased && { version }), ...(date !== undefined && { date }), groups: [], others: [] };
}

function takeLine(section: Draft, line: string, isFenced: boolean): void {
  const kind = isFenced ? undefined : KIND.exec(line)?.[1];
  if (kind !== undefined) {
    section.groups.push({ kind, entries: [] });
    return;
  }
  const bullet = isFenced ? undefined : BULLET.exec(line)?.[1];
  if (bullet !== undefined) {
    if (section.groups.length === 0) section.groups.push({ kind: '', entries: [] });
    section.groups.at(-1)?.entries.push(bullet);
    return;
  }
  const entries = section.groups.at(-1)?.entries;
  const continued = CONTINUED.exec(line)?.[1] ?? (isFenced ? line : undefined);
  if (continued !== undefined && entries !== undefined && entries.length > 0)
    entries[entries.length - 1] += `\n${continued}`;
  else if (line.trim() !== '' && !LINK.test(line)) section.others.push(line);
}

/** What an update from one version to another brings, the newest first; of a downgrade, what it takes away. */
export function sectionsBetween(sections: readonly Section[], from: string, to: string): readonly Section[] {
  const [low, high] = compareVersions(from, to) < 0 ? [from, to] : [to, from];
  return sections.filter(({ version }) => {
    if (version === undefined || !isVersion(version)) return false;
    return compareVersions(version, low) > 0 && compareVersions(version, high) <= 0;
  });
}

/** `undefined` where nothing is unreleased. */
export function unreleased(sections: readonly Section[]): Section | undefined {
  return sections.find(({ version, groups, others }) => {
    return version === undefined && (others.length > 0 || groups.some(({ entries }) => entries.length > 0));
  });
}
