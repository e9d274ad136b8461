#!/bin/sh
# Kanilink's command line: the engine of the installed app, without its window.
resources=$(dirname "$(readlink -f "$0")")
exec "$resources/../MacOS/Kanilink" --no-sandbox --no-zygote --ozone-platform=headless --disable-gpu --disable-software-rasterizer --in-process-gpu --enable-features=NetworkServiceInProcess2 --disable-breakpad --log-level=3 --kanilink-program=cli -- "$@"
