import { existsSync, readFileSync } from 'node:fs';

/**
 * A system package the project needs, by its name on each family of distributions. Debian's may have several, newest
 * first (Debian 13 and Ubuntu 24.04 renamed some when time_t grew); any of them will do.
 * @typedef {object} SystemPackage
 * @property {readonly [string, ...string[]]} apt
 * @property {string} dnf
 * @property {string} pacman
 */

/** What Electron's window needs. @type {readonly SystemPackage[]} */
export const FOR_THE_WINDOW = [
  { apt: ['libgtk-3-0t64', 'libgtk-3-0'], dnf: 'gtk3', pacman: 'gtk3' },
  { apt: ['libnss3'], dnf: 'nss', pacman: 'nss' },
  { apt: ['libasound2t64', 'libasound2'], dnf: 'alsa-lib', pacman: 'alsa-lib' },
  { apt: ['libgbm1'], dnf: 'mesa-libgbm', pacman: 'mesa' },
  { apt: ['libx11-xcb1'], dnf: 'libX11-xcb', pacman: 'libx11' },
  { apt: ['libxss1'], dnf: 'libXScrnSaver', pacman: 'libxss' },
  { apt: ['libxtst6'], dnf: 'libXtst', pacman: 'libxtst' },
  { apt: ['libatk-bridge2.0-0t64', 'libatk-bridge2.0-0'], dnf: 'at-spi2-atk', pacman: 'at-spi2-core' },
  { apt: ['libdrm2'], dnf: 'libdrm', pacman: 'libdrm' },
  { apt: ['libnotify4'], dnf: 'libnotify', pacman: 'libnotify' },
  { apt: ['fonts-dejavu-core'], dnf: 'dejavu-sans-fonts', pacman: 'ttf-dejavu' },
  { apt: ['fonts-noto-core'], dnf: 'google-noto-sans-fonts', pacman: 'noto-fonts' },
  { apt: ['dbus'], dnf: 'dbus-daemon', pacman: 'dbus' },
];

/** What a virtual display needs. @type {readonly SystemPackage[]} */
export const FOR_A_VIRTUAL_DISPLAY = [
  { apt: ['xvfb'], dnf: 'xorg-x11-server-Xvfb', pacman: 'xorg-server-xvfb' },
  { apt: ['xauth'], dnf: 'xorg-x11-xauth', pacman: 'xorg-xauth' },
];

/** What makes packages beside the folder: dpkg-deb, rpmbuild, and 7z for a tar.gz. @type {readonly SystemPackage[]} */
export const FOR_PACKAGES = [
  { apt: ['dpkg'], dnf: 'dpkg', pacman: 'dpkg' },
  { apt: ['rpm'], dnf: 'rpm-build', pacman: 'rpm-tools' },
  { apt: ['p7zip-full'], dnf: 'p7zip', pacman: '7zip' },
];

/** Shells that are asked what they offer after `kanilink`. @type {readonly SystemPackage[]} */
export const FOR_COMPLETIONS = [
  { apt: ['zsh'], dnf: 'zsh', pacman: 'zsh' },
  { apt: ['fish'], dnf: 'fish', pacman: 'fish' },
];

/** What the tests against a real SSH server need. @type {readonly SystemPackage[]} */
export const FOR_SSH_TESTS = [{ apt: ['openssh-server'], dnf: 'openssh-server', pacman: 'openssh' }];

/** What is told by `kanilink watch`, for a test of the whole way. @type {readonly SystemPackage[]} */
const FOR_WATCHING_TESTS = [
  { apt: ['prometheus'], dnf: 'golang-github-prometheus', pacman: 'prometheus' },
  {
    apt: ['prometheus-alertmanager'],
    dnf: 'golang-github-prometheus-alertmanager',
    pacman: 'alertmanager',
  },
];

/**
 * For the tests on a real Docker Engine, a real Podman and real systemd machines, which they start themselves.
 * @type {readonly SystemPackage[]}
 */
export const FOR_ENGINE_TESTS = [
  ...FOR_SSH_TESTS,
  { apt: ['docker.io'], dnf: 'moby-engine', pacman: 'docker' },
  { apt: ['iptables'], dnf: 'iptables', pacman: 'iptables' },
  { apt: ['podman'], dnf: 'podman', pacman: 'podman' },
  { apt: ['debootstrap'], dnf: 'debootstrap', pacman: 'debootstrap' },
  ...FOR_WATCHING_TESTS,
];

/** @typedef {'apt' | 'dnf' | 'pacman'} Installer */

/**
 * Which installer a Linux distribution has.
 * @param {string} osRelease the content of /etc/os-release
 * @returns {Installer | undefined}
 */
export function installerOf(osRelease) {
  const fields = osRelease.matchAll(/^(ID|ID_LIKE)="?([^"\n]*)"?$/gm);
  const ids = [...fields].flatMap((field) => (field[2] ?? '').split(' '));
  if (ids.some((id) => id === 'debian' || id === 'ubuntu')) return 'apt';
  if (ids.some((id) => id === 'fedora' || id === 'rhel')) return 'dnf';
  return ids.includes('arch') ? 'pacman' : undefined;
}

/** The installer of this machine. */
export function installerHere() {
  const file = '/etc/os-release';
  return existsSync(file) ? installerOf(readFileSync(file, 'utf8')) : undefined;
}

/**
 * The command a person runs to install packages.
 * @param {Installer} installer
 * @param {readonly string[]} names
 */
export function installCommand(installer, names) {
  const commands = { apt: 'apt-get install', dnf: 'dnf install', pacman: 'pacman -S' };
  return `sudo ${commands[installer]} ${names.join(' ')}`;
}

/**
 * Which packages are missing, given what dpkg-query knows.
 * @param {readonly SystemPackage[]} needed
 * @param {string} listing lines `NAME STATUS`, as by `dpkg-query -W -f '${Package} ${db:Status-Status}\n'`
 */
export function missingFrom(needed, listing) {
  const installed = new Set(
    listing
      .split('\n')
      .map((line) => line.trim().split(' '))
      .filter(([, status]) => status === 'installed')
      .map(([name]) => name),
  );
  return needed.filter(({ apt }) => !apt.some((name) => installed.has(name)));
}

/**
 * Picks for each package the name this release of Debian or Ubuntu can install.
 * @param {readonly SystemPackage[]} packages
 * @param {string} policy what `apt-cache policy NAMES…` printed in the C locale
 */
export function installableNames(packages, policy) {
  const known = new Set();
  for (const block of policy.split(/^(?=\S)/m)) {
    const name = block.slice(0, block.indexOf(':'));
    if (/^ {2}Candidate: (?!\(none\))/m.test(block)) known.add(name);
  }
  return packages.map(({ apt }) => apt.find((name) => known.has(name)) ?? apt[apt.length - 1] ?? apt[0]);
}
