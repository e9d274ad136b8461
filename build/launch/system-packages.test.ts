import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './places.mjs';
import {
  FOR_A_VIRTUAL_DISPLAY,
  FOR_COMPLETIONS,
  FOR_ENGINE_TESTS,
  FOR_PACKAGES,
  FOR_SSH_TESTS,
  FOR_THE_WINDOW,
  installableNames,
  installCommand,
  installerOf,
  missingFrom,
} from './system-packages.mjs';

const sound = FOR_THE_WINDOW.filter(({ apt }) => apt.includes('libasound2'));

describe('the distribution is known by os-release', () => {
  test.each([
    ['PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n', 'apt'],
    ['ID=ubuntu\nID_LIKE=debian\n', 'apt'],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'apt'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'dnf'],
    ['ID=fedora\nVARIANT_ID=workstation\n', 'dnf'],
    ['ID=arch\n', 'pacman'],
    ['ID=nixos\nBUG_REPORT_URL="debian"\n', undefined],
  ])('%j', (osRelease, installer) => {
    expect(installerOf(osRelease)).toBe(installer);
  });
});

test('README names what tests install as root', () => {
  const rows = readFileSync(join(ROOT, 'README.md'), 'utf8').match(/^\| test\b.*$/gm) ?? [];
  const named = new Set(rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, name]) => name)));
  const installed = [...FOR_SSH_TESTS, ...FOR_ENGINE_TESTS, ...FOR_PACKAGES, ...FOR_COMPLETIONS];
  expect(installed.map(({ apt }) => apt[0]).filter((name) => !named.has(name))).toEqual([]);
});

describe('missing packages', () => {
  test('are those dpkg does not call installed', () => {
    const listing = 'xvfb installed\nxauth config-files\n';
    expect(missingFrom(FOR_A_VIRTUAL_DISPLAY, listing).map(({ apt }) => apt[0])).toEqual(['xauth']);
  });

  test('any of the names a package has had will do', () => {
    expect(missingFrom(sound, 'libasound2t64 installed\n')).toEqual([]);
    expect(missingFrom(sound, 'libasound2 installed\n')).toEqual([]);
    expect(missingFrom(sound, '')).toEqual(sound);
  });
});

describe('the name to install', () => {
  const installable = (name: string) =>
    `${name}:\n  Installed: (none)\n  Candidate: 1.2.11-1\n  Version table:\n`;

  test('is the one this release has', () => {
    expect(installableNames(sound, installable('libasound2'))).toEqual(['libasound2']);
    expect(installableNames(sound, installable('libasound2t64'))).toEqual(['libasound2t64']);
  });

  test('is never one that is only a virtual name', () => {
    const virtual = 'libasound2:\n  Installed: (none)\n  Candidate: (none)\n  Version table:\n';
    expect(installableNames(sound, virtual + installable('libasound2t64'))).toEqual(['libasound2t64']);
  });

  test('is still one when apt knows nothing yet', () => {
    expect(installableNames(sound, '')).toEqual(['libasound2']);
  });
});

test('the command to run is complete', () => {
  expect(installCommand('apt', ['xvfb', 'xauth'])).toBe('sudo apt-get install xvfb xauth');
});
