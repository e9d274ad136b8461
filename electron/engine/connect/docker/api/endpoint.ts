import {
  DOCKER_ENDPOINTS,
  type DockerEndpoint,
  readDockerEndpoint,
} from '../../../../../shared/connect/docker/endpoint';
import { fail, ok, type Result } from '../../../../../shared/base/result';
import { type ServerPlace, faultAt } from '../../common/faults';

/** Takes an endpoint apart; the fault `endpoint-invalid` where it is not an endpoint. */
export function readEndpoint(endpoint: string, where: ServerPlace): Result<DockerEndpoint> {
  const read = readDockerEndpoint(endpoint);
  if (read !== null) return ok(read);
  return fail(
    faultAt(
      where,
      'endpoint-invalid',
      'this is not an endpoint of a Docker Engine',
      `Write ${DOCKER_ENDPOINTS.replaceAll('"', '')}.`,
    ),
  );
}
