import type { Lab } from './lab';
import { librariesOf } from './image';
import { importDebian, startMachine, type SystemdMachine } from '../../real/systemd/support/machine';

/** The image that `startMachine` runs. */
const DEBIAN = 'kanilink-test/debian-systemd';

/** Puts a real kanidmd and the libraries it needs into the Debian that machines are made of. */
export async function prepareMachines(lab: Lab, tar: string, program: string): Promise<void> {
  importDebian(lab.engine, tar);
  await lab.docker('create', '--name', 'making', '--network', 'none', DEBIAN, '/bin/true');
  await lab.docker('cp', program, 'making:/usr/local/lib/kanidmd');
  // Those it has stay its own.
  for (const library of librariesOf(program))
    await lab.docker('cp', '--follow-link', library, `making:/opt/${library.split('/').at(-1)}`);
  await lab.docker('commit', 'making', DEBIAN);
  await lab.docker('rm', 'making');
}

/** Starts a machine whose kanidmd is a unit of its own user, as packages install it. ada may do everything by sudo. */
export async function startRealMachine(lab: Lab, name: string, program: string): Promise<SystemdMachine> {
  return startMachine(lab.engine, name, program, {
    service: [],
    sudoers: 'ada ALL=(ALL:ALL) NOPASSWD: ALL\n',
    files: { 'kanidmd.service': UNIT, 'server.toml': serverToml(name) },
    setup: SETUP,
    network: { name: lab.network, ip: lab.address() },
  });
}

const SETUP = `install -m 0755 /usr/local/lib/kanidmd /usr/sbin/kanidmd
for library in /opt/*.so*; do
  ldconfig -p | grep -q "\${library##*/}" || install -m 0755 "$library" /usr/local/lib/
done
ldconfig`;

const UNIT = `[Unit]
Description=Kanidm
After=network-online.target
[Service]
Type=notify
User=kanidm
Group=kanidm
UMask=0027
StateDirectory=kanidm
StateDirectoryMode=0750
RuntimeDirectory=kanidmd
RuntimeDirectoryMode=0755
ExecStart=/usr/sbin/kanidmd server -c /etc/kanidm/server.toml
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=true
PrivateTmp=true
ProtectHome=true
[Install]
WantedBy=multi-user.target
`;

const serverToml = (name: string): string => `# ${name}, made by hand
version = "2"
bindaddress = "0.0.0.0:8443"
db_path = "/var/lib/kanidm/kanidm.db"
adminbindpath = "/run/kanidmd/sock"
tls_chain = "/etc/kanidm/chain.pem"
tls_key = "/etc/kanidm/key.pem"
domain = "example.com"
origin = "https://example.com"
role = "WriteReplicaNoUI"
`;
