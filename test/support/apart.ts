import { ConnectionPool } from '../../electron/engine/connect/common/pool';
import { dialSshApart } from '../../electron/engine/connect/docker-over-ssh/dial-ssh';
import type { Engine } from '../../electron/engine/connect/docker/api/engine';
import type { EngineOptions } from '../../electron/engine/connect/docker/api/engines';

/** Docker Engines and ways to them that are shared with no other test. */
export const enginesApart = (): EngineOptions => ({
  dialSsh: dialSshApart(),
  engines: new ConnectionPool<Engine>(0),
});
