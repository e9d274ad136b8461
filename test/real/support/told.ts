/**
 * A stand-in for kanidmd that does what its first word tells it: for what a real kanidmd does too seldom to be waited for.
 * `server` prints `line N` twenty times a second, on one stream: nobody keeps the order of two.
 */
export const TOLD = `const [what, ...rest] = process.argv.slice(2);
const later = () => setInterval(() => undefined, 1000);
switch (what) {
  case 'server': {
    let n = 0;
    setInterval(() => process.stdout.write('line ' + ++n + '\\n'), 50);
    process.on('SIGTERM', () => process.exit(0));
    break;
  }
  case 'version': process.stdout.write('kanidmd told ' + JSON.stringify(rest) + '\\n'); break;
  case 'fails': process.stdout.write('out'); process.stderr.write('err'); process.exitCode = 7; break;
  case 'bytes': process.stdout.write(Buffer.from([97, 255, 98])); break;
  case 'hang': later(); break;
  case 'flood': {
    const mega = Buffer.alloc(1 << 20, 'f');
    let left = 1024;
    const more = () => { while (left-- > 0) if (!process.stdout.write(mega)) return process.stdout.once('drain', more); };
    process.stdout.on('error', () => process.exit(1));
    more();
    break;
  }
  default: process.stdout.write(JSON.stringify([what, ...rest]));
}
`;

/** The same as a systemd unit `told`, for a machine's options. */
export const toldUnit = {
  files: {
    'told.cjs': TOLD,
    'told.sh': '#!/bin/sh\nexec /usr/local/bin/node /usr/local/lib/told.cjs "$@"\n',
    'told.service': `[Unit]
Description=Does as it is told
[Service]
ExecStart=/usr/local/bin/told server -c /etc/told.toml
[Install]
WantedBy=multi-user.target
`,
  },
  setup: `install -m 0755 /setup/told.sh /usr/local/bin/told
install -m 0644 /setup/told.cjs /usr/local/lib/told.cjs
install -m 0644 /setup/told.service /etc/systemd/system/told.service
echo > /etc/told.toml
systemctl enable told.service`,
} as const;
