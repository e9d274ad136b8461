import { bytesInWords } from '../../../shared/base/sentences';
import { RUV_LARGEST, RUV_LARGEST_STARTED } from '../../../shared/ruv/by-itself';
import { LOOK_LEAVES } from '../../../shared/serves/serves-words';
import type { Command } from '../base/command';
import { watch } from './watch';

/** The row of `watch` in the table of commands. */
export const watchCommand: Command = {
  name: 'watch',
  usage:
    'FLEET [--metrics HOST:PORT] [--textfile FILE] [--webhook URL] [--alertmanager URL] [--logins-every MINUTES] [--ruv-every MINUTES]',
  summary: 'says what happens in a fleet, as it happens, until it is ended; for a machine that never sleeps',
  takesFleet: true,
  options: [
    ...['metrics', 'textfile', 'webhook', 'webhook-file', 'alertmanager', 'alertmanager-file'],
    ...['logins-every', 'ruv-every'],
  ],
  details: `Changes nothing on the servers. --metrics serves Prometheus metrics at /metrics, at that address only (a port alone: 127.0.0.1); --textfile writes the same for node_exporter every ten seconds. --webhook sends every event as {"format":1,"fleet":"NAME","events":[…]}; --alertmanager keeps an Alertmanager told of what two looks agree on. Both try again with growing pauses, follow no redirect, and hold a bounded number of bytes. A name and password in a URL are sent and never printed. Other users of this computer see a URL on the command line: one that holds a secret goes into a file (--webhook-file, --alertmanager-file) or into KANILINK_WEBHOOK or KANILINK_ALERTMANAGER. --logins-every: how often HTTPS certificates and logins are looked at, which leaves ${LOOK_LEAVES} in the log of each server (default 5; 0: never). --ruv-every: how often kanidmd reads every database, however large, for how far each server is behind; 0: never. Without it, databases of up to ${bytesInWords(RUV_LARGEST)} are read every hour, and those of up to ${bytesInWords(RUV_LARGEST_STARTED)} after each start of their server or of a partner; see "How far behind" in the guide for what that costs a server.\nThe fleet file is followed: servers and links that come or go in it are taken up, and one that is broken or not trusted is said and not used.\nNobody answers questions here: an unknown host key, and a fleet file that is not trusted, fail as with any other command without a terminal.\nExit 0: ended by Ctrl-C or SIGTERM, or nobody reads its output any more; 1: it could not begin, or ended by itself.\nJSON: one document a line, {"format":1,"at":MILLISECONDS,"kind":"pull-health|server-state|broke|healed|lost|…",…}; broke, healed and lost come once a second look agrees.`,
  run: watch,
};
