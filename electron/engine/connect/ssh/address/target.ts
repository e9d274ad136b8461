import type { SshServer } from '../../../../../shared/connect/ssh/ssh';
import type { ThisMachine } from '../../common/this-machine';

/** A server of the fleet as the SSH connection needs it; its paths of this computer are whole. */
export type SshTarget = { readonly id: string } & ThisMachine &
  Pick<SshServer, 'endpoint' | 'service' | 'sudo' | 'kanidmd' | 'config' | 'identity' | 'knownHosts'>;
