import type { Machine } from './machine';

/**
 * The fleet file that describes the machines, as a person would write it (`design.md`, "The fleet file").
 *
 * @param machines in the order they are drawn.
 * @param linked whether each is linked to the next.
 */
export function fleetFile(
  machines: readonly Machine[],
  options: { readonly linked: boolean; readonly identity: boolean },
): string {
  const servers = machines.map((machine, place) => {
    const lines = [
      '[[server]]',
      `id = "${machine.id}"`,
      'connect = "ssh"',
      `endpoint = "ssh://${machine.user}@${machine.host}:${machine.port}"`,
      'service = "kanidmd"',
      ...(options.identity ? ['identity = "id_ed25519"'] : []),
      // Named even when it does not exist yet: a practice key must never end up in the person's own file.
      'known_hosts = "known_hosts"',
      `origin = "${machine.origin}"`,
      `bindaddress = "127.0.0.1:${machine.replicationPort}"`,
      `position = { x = ${(place % 3) * 440}, y = ${Math.floor(place / 3) * 220} }`,
    ];
    return lines.join('\n');
  });
  const links = options.linked
    ? machines.slice(1).map((consumer, place) => {
        const supplier = machines[place];
        return `[[link]]\nsupplier = "${supplier?.id ?? ''}"\nconsumer = "${consumer.id}"`;
      })
    : [];
  const head = `# A practice fleet: servers that live on this computer only, to try things on.\nversion = 1\nname = "Practice fleet"`;
  return `${[head, ...servers, ...links].join('\n\n')}\n`;
}
