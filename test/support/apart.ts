import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import { dialSshApart } from '../../electron/engine/connect/docker-over-ssh/dial-ssh';
import type { DockerEngine } from '../../electron/engine/connect/docker/api/docker-engine';
import type { DockerEngineOptions } from '../../electron/engine/connect/docker/api/docker-engines';

/** Docker Engines and ways to them that are shared with no other test. */
export const enginesApart = (): DockerEngineOptions => ({
  dialSsh: dialSshApart(),
  engines: new ConnectionPool<DockerEngine>(0),
});
