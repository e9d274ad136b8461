import { describe, expect, it } from 'vitest';
import { run } from '../run';
import { readEndpoint } from './adopt-endpoint';

const read = (text: string) => {
  const endpoint = readEndpoint(text);
  return endpoint.ok ? endpoint.value : endpoint.complaint;
};

describe('an endpoint on the command line', () => {
  it.each([
    ['ssh://admin@192.0.2.7:22', { connect: 'ssh', endpoint: 'ssh://admin@192.0.2.7:22' }],
    ['admin@idm-a.example.com', { connect: 'ssh', endpoint: 'ssh://admin@idm-a.example.com' }],
    ['home', { connect: 'ssh', endpoint: 'ssh://home' }],
    [
      'home,sudo,service=kanidmd-2,known_hosts=~/hosts',
      { connect: 'ssh', endpoint: 'ssh://home', sudo: true, service: 'kanidmd-2', knownHosts: '~/hosts' },
    ],
    ['home,sudo=false', { connect: 'ssh', endpoint: 'ssh://home' }],
    [
      'unix:///var/run/docker.sock#idm-a',
      { connect: 'docker', endpoint: 'unix:///var/run/docker.sock', container: 'idm-a' },
    ],
    [
      'ssh://admin@host#idm-a,config=/data/other.toml',
      { connect: 'docker', endpoint: 'ssh://admin@host', container: 'idm-a', config: '/data/other.toml' },
    ],
    ['context://home#a', { connect: 'docker', endpoint: 'context://home', container: 'a' }],
  ])('%s is read', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    [
      'unix:///var/run/docker.sock',
      'unix:///var/run/docker.sock needs a container: write unix:///var/run/docker.sock#NAME',
    ],
    ['unix:///var/run/docker.sock#', 'needs the container’s name'],
    ['https://host', 'https:// is not known'],
    ['host#a', 'names a container, but no engine'],
    ['home,container=a', 'known are sudo, service, kanidmd, identity, known_hosts, config'],
    ['unix:///s#a,sudo', 'known are certificates, config'],
    ['home,service', 'service needs a value'],
    ['home,sudo=perhaps', 'sudo is sudo, sudo=true or sudo=false'],
    ['', 'names no server'],
  ])('%s is refused', (text, complaint) => {
    expect(String(read(text)).replace("'", '’')).toContain(complaint);
  });
});

describe('kanilink adopt', () => {
  const say: string[] = [];
  const call = (...words: string[]) =>
    run(['adopt', ...words], {
      print: () => undefined,
      say: (text) => void say.push(text),
      version: '0',
      open: () => {
        throw new Error('nothing is to be opened');
      },
    });

  it.each([
    [[], 'needs the endpoints'],
    [['home'], 'needs --output'],
    [['home', '--output', 'x', '--erase', 'y'], 'takes no --erase'],
  ])('with %j is bad usage', async (words, complaint) => {
    expect(await call(...words)).toBe(64);
    expect(say.at(-1)).toContain(complaint);
  });
});
