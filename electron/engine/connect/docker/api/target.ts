import type { DockerServer } from '../../../../../shared/connect/docker/docker';
import type { ThisMachine } from '../../common/this-machine';

/** How an engine is reached: a target without its container. Its paths of this computer are whole. */
export type DockerEngineTarget = { readonly id: string } & ThisMachine &
  Pick<DockerServer, 'endpoint' | 'certificates'>;

/** One container of the fleet, as the Docker connection needs it. */
export type DockerTarget = DockerEngineTarget & Pick<DockerServer, 'container' | 'config'>;
