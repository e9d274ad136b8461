/** Fleet files of the simulation, by path. */
const server = (id: string, more: string): string => `
[[server]]
id = "${id}"
connect = "ssh"
endpoint = "ssh://practice@127.0.0.1:${2200 + id.charCodeAt(id.length - 1)}"
origin = "repl://${id}.localhost:8444"
${more}
`;

const head = (name: string): string => `version = 1\nname = "${name}"\n`;

export const fleets: Readonly<Record<string, string>> = {
  '/home/ada/practice/fleet.toml': head('Practice fleet') + server('idm-a', '') + server('idm-b', ''),
  '/home/ada/home-lab/fleet.toml':
    head('Home lab') +
    server('idm-a', 'position = { x = 0, y = 0 }') +
    server('idm-b', 'position = { x = 480, y = 0 }') +
    `
[[server]]
id = "idm-c"
connect = "docker"
endpoint = "unix:///var/run/docker.sock"
container = "idm-c"
origin = "repl://idm-c.localhost:8444"
position = { x = 240, y = 240 }

[[link]]
supplier = "idm-a"
consumer = "idm-b"

[[link]]
supplier = "idm-a"
consumer = "idm-c"
`,
  '/home/ada/broken/fleet.toml': `${head('Broken')}\n[[server]]\nid = "idm-a"\nconnect = ssh\n`,
};
