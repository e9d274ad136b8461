#!/bin/sh
# Kanilink's command line: the engine of the installed app, without its window.
resources=$(dirname "$(readlink -f "$0")")
ELECTRON_RUN_AS_NODE=1 exec "$resources/../MacOS/Kanilink" "$resources/app.asar/out/main/cli.cjs" "$@"
