/** Two servers that nothing answers for: what is asked is about files. */
export const twoServers = (name: string, comment = ''): string => `version = 1
name = "${name}"${comment}

[[server]]
id = "idm-a"
connect = "ssh"
endpoint = "ssh://ada@127.0.0.1:1"

[[server]]
id = "idm-b"
connect = "ssh"
endpoint = "ssh://ada@127.0.0.1:1"
`;
