/** What is installed, and for whom. */
interface Installed {
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
  readonly sudoers: string;
  readonly unit: string;
  readonly user: string;
}

const END = 'KANILINK-HELPER-ENDS-HERE';

/**
 * One command for a root shell on the server: it writes the helper, checks it against its checksum, and allows it in sudoers
 * after visudo read the line. It also puts the user into the group that reads the journal.
 */
export const installCommand = ({ path, text, sha256, sudoers, unit, user }: Installed): string => `(
set -eu
umask 077
new=$(mktemp -d)
trap 'rm -rf -- "$new"' EXIT
cat >"$new/helper" <<'${END}'
${text}${END}
printf '%s\\n' '${sudoers}' >"$new/sudoers"
echo '${sha256}  '"$new/helper" | sha256sum --check --quiet
visudo --check --quiet --file="$new/sudoers"
install -o root -g root -m 0755 -- "$new/helper" ${path}
install -o root -g root -m 0440 -- "$new/sudoers" /etc/sudoers.d/kanilink-${unit.replaceAll('.', '_')}
usermod -aG systemd-journal ${user}
echo 'installed ${path}'
)
`;
