import { describe, expect, it } from 'vitest';
import { readEndpoint } from './endpoint';

const read = (endpoint: string) => {
  const result = readEndpoint(endpoint, { server: 'idm-a', endpoint });
  return result.ok ? result.value : result.error.code;
};

describe('an endpoint', () => {
  it.each([
    ['unix:///var/run/docker.sock', { kind: 'socket', path: '/var/run/docker.sock' }],
    [
      'unix:///run/user/1000/podman/podman.sock',
      { kind: 'socket', path: '/run/user/1000/podman/podman.sock' },
    ],
    ['unix:///a b/$(id).sock', { kind: 'socket', path: '/a b/$(id).sock' }],
    ['npipe:////./pipe/docker_engine', { kind: 'socket', path: '//./pipe/docker_engine' }],
    ['tcp://192.0.2.7', { kind: 'tcp', host: '192.0.2.7', port: 2376 }],
    ['tcp://docker.example.com:2375/', { kind: 'tcp', host: 'docker.example.com', port: 2375 }],
    ['tcp://[2001:db8::1]:2376', { kind: 'tcp', host: '2001:db8::1', port: 2376 }],
    ['ssh://admin@192.0.2.7', { kind: 'ssh' }],
    ['context://home-lab.1', { kind: 'context', name: 'home-lab.1' }],
  ])('%s', (endpoint, expected) => {
    expect(read(endpoint)).toEqual(expected);
  });

  it.each([
    '',
    'unix://relative',
    'unix:///nul\0',
    'tcp://',
    'tcp://host:0',
    'tcp://host:65536',
    'tcp://-oProxyCommand=x:2375',
    'tcp://user:secret@host:2376',
    'tcp://host:2376/path',
    'context://../../etc',
    'context://-x',
    'http://host',
    'docker.sock',
  ])('refuses %j', (endpoint) => {
    expect(read(endpoint)).toBe('endpoint-invalid');
  });
});
