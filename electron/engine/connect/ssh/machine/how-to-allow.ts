import type { HowToAllow } from './machine';

/** What a login that lacks a right can do about it. */
export const howToAllow: HowToAllow = (server) =>
  `\`kanilink helper FLEET --server ${server}\` prints what lets this user deploy, a small program for this server and one line for sudoers, and lines that let this user only look. Or connect as root, or let this user run every command by sudo without a password.`;
