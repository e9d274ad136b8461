/** `kanidmd scripting --help`, as recorded from 1.10.5. Only `backup` and `healthcheck` are simulated. */
export const scriptingHelp = `A dedicated scripting interface that has machine parsable input/outputs

Usage: kanidmd scripting [OPTIONS] [LOG_LEVEL] [OTEL_GRPC_URL] [DOMAIN] [ORIGIN] [ROLE] [DB_PATH] [DB_FS_TYPE] [DB_ARC_SIZE] [ADMIN_BIND_PATH] [TLS_CHAIN] [TLS_KEY] [TLS_CLIENT_CA] [BINDADDRESS] [LDAPBINDADDRESS] [REPLICATION_ORIGIN] [REPLICATION_BINDADDRESS] [REPLICATION_TASK_POLL_INTERVAL] [ONLINE_BACKUP_PATH] [ONLINE_BACKUP_VERSIONS] [-- <ONLINE_BACKUP_SCHEDULE>] <COMMAND>

Commands:
  recover-account  Recover an account's password
  backup           Backup
  reload           Initiate a server reload
  healthcheck      Load the server config and check services are listening
  help             Print this message or the help of the given subcommand(s)

Arguments:
  [LOG_LEVEL]                       Specify the log level (info, debug, trace) [env: KANIDM_LOG_LEVEL=]
  [OTEL_GRPC_URL]                   Specify the OpenTelemetry gRPC URL [env: KANIDM_OTEL_GRPC_URL=]
  [DOMAIN]                          Specify the domain [env: KANIDM_DOMAIN=]
  [ORIGIN]                          Specify the origin URL [env: KANIDM_ORIGIN=]
  [ROLE]                            Specify the server role [env: KANIDM_ROLE=]
  [DB_PATH]                         Specify the database path [env: KANIDM_DB_PATH=]
  [DB_FS_TYPE]                      Specify the database filesystem type, either zfs or generic [env: KANIDM_DB_FS_TYPE=]
  [DB_ARC_SIZE]                     Specify the database ARC size in bytes [env: KANIDM_DB_ARC_SIZE=]
  [ADMIN_BIND_PATH]                 Specify the admin bind path [env: KANIDM_ADMIN_BIND_PATH=]
  [TLS_CHAIN]                       Specify the TLS chain file path [env: KANIDM_TLS_CHAIN=]
  [TLS_KEY]                         Specify the TLS key file path [env: KANIDM_TLS_KEY=]
  [TLS_CLIENT_CA]                   Specify the TLS client CA file path [env: KANIDM_TLS_CLIENT_CA=]
  [BINDADDRESS]                     Specify the HTTPS server bind address(es) [env: KANIDM_BINDADDRESS=]
  [LDAPBINDADDRESS]                 Specify the LDAP bind address(es) [env: KANIDM_LDAPBINDADDRESS=]
  [REPLICATION_ORIGIN]              Specify the replication origin URL [env: KANIDM_REPLICATION_ORIGIN=]
  [REPLICATION_BINDADDRESS]         Specify the replication bind address [env: KANIDM_REPLICATION_BINDADDRESS=]
  [REPLICATION_TASK_POLL_INTERVAL]  Specify the replication task poll interval in seconds [env: KANIDM_REPLICATION_TASK_POLL_INTERVAL=]
  [ONLINE_BACKUP_PATH]              Specify the online backup path [env: KANIDM_ONLINE_BACKUP_PATH=]
  [ONLINE_BACKUP_VERSIONS]          Number of online backup versions to keep [env: KANIDM_ONLINE_BACKUP_VERSIONS=]
  [ONLINE_BACKUP_SCHEDULE]          Cron schedule for online backups [env: KANIDM_ONLINE_BACKUP_SCHEDULE=]

Options:
  -c, --config-path <CONFIG_PATH>  [env: KANIDM_CONFIG=]
  -h, --help                       Print help
`;
